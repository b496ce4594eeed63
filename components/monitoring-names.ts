/** Whoever may read metrics lives here; nothing else of ours does. */
export const MONITORING_NAMESPACE = "monitoring";
/** Secret with the address to which alerts are sent. */
export const ALERT_SECRET = "alert-webhook";
export const WEBHOOK_KEY = "url";
/** DaemonSet that measures the servers' arrays. */
export const NODE_EXPORTER = "node-exporter";
/** Prometheus' job for pods that ask to be scraped by their annotations. */
export const SCRAPE_JOB = "annotated-pods";
