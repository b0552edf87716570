/** The container's health check: what fails is in `docker inspect`, in the service's own words. */
const response = await fetch(process.env.HEALTH_URL ?? 'http://127.0.0.1:8080/health/ready');
if (!response.ok) {
  console.error(await response.text());
  process.exit(1);
}
