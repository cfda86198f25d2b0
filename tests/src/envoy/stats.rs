//! Envoy's statistics in Prometheus' text format.

/// A look at `/stats/prometheus`.
#[derive(Clone, Debug)]
pub struct Stats {
    text: String,
}

impl Stats {
    pub(super) fn new(text: String) -> Self {
        Self { text }
    }

    /// The sum of all samples of `name`, whatever their labels; `None` if there is no such metric.
    ///
    /// The filter's own metrics have neither an `envoy_` nor a `wasmcustom_` prefix, and dots became underscores.
    pub fn sum(&self, name: &str) -> Option<f64> {
        self.sum_where(name, |_| true)
    }

    /// The sum of the samples of `name` whose label text (`reason="expired",...`) holds `label`.
    pub fn sum_labelled(&self, name: &str, label: &str) -> Option<f64> {
        self.sum_where(name, |labels| labels.contains(label))
    }

    fn sum_where(&self, name: &str, wanted: impl Fn(&str) -> bool) -> Option<f64> {
        let samples = self.text.lines().filter_map(|line| {
            let (series, value) = line.rsplit_once(' ')?;
            let (sample, labels) = series.split_once('{').unwrap_or((series, ""));
            (sample == name && wanted(labels)).then(|| value.parse::<f64>().ok())?
        });
        samples.reduce(|sum, value| sum + value)
    }

    /// The names of the metrics that begin with `prefix`, in the order of the page.
    pub fn names(&self, prefix: &str) -> Vec<&str> {
        let typed = self.text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
        typed.filter(|name| name.starts_with(prefix)).collect()
    }

    /// The page.
    pub fn text(&self) -> &str {
        &self.text
    }
}
