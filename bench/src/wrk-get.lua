-- Asks for the paths in BENCH_PATHS (one on each line) in turns, and says as JSON how it went.
local paths = {}
for path in os.getenv("BENCH_PATHS"):gmatch("[^\n]+") do paths[#paths + 1] = path end
local at = 0

request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end

done = function(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('{"perSecond":%f,"p95Ms":%f,"failed":%d}\n',
    summary.requests / (summary.duration / 1e6), latency:percentile(95) / 1000, failed))
end
