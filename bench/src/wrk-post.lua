-- What wrk sends, and one line of JSON about what came of it.
wrk.method = "POST"
wrk.body = os.getenv("BENCH_BODY")
wrk.headers["content-type"] = "application/json"
wrk.headers["authorization"] = os.getenv("BENCH_AUTHORIZATION")
-- Further ones, a line each.
for name, value in (os.getenv("BENCH_HEADERS") or ""):gmatch("([^:\n]+): ([^\n]+)") do wrk.headers[name] = value end

done = function(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    '\n{"perSecond":%.1f,"meanMs":%.4f,"failed":%d}\n',
    summary.requests / summary.duration * 1e6, latency.mean / 1e3, failed
  ))
end
