-- wrk's script: uploads good samples in turn and now and then (one in MAGE_LOAD_EVERY) a hostile one. Every thumbnail has to be the expected one, byte for
-- byte; the request's name travels in X-Request-ID and comes back with the answer.

local place = os.getenv("MAGE_LOAD")
local every = tonumber(os.getenv("MAGE_LOAD_EVERY"))

local function read(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read("*a")
  file:close()
  return bytes
end

local function names(list)
  local found = {}
  for name in io.lines(place .. "/" .. list .. ".list") do found[#found + 1] = name end
  return found
end

local threads = {}
function setup(thread)
  thread:set("number", #threads)
  threads[#threads + 1] = thread
end

local good, hostile, expected = {}, {}, {}
sent, right, wrong, caught, refused, firstWrong = 0, 0, 0, 0, 0, ""

local function requests(kind)
  local made = {}
  for _, name in ipairs(names(kind)) do
    local headers = { ["X-Request-ID"] = kind .. "/" .. name }
    made[#made + 1] = wrk.format("POST", nil, headers, read(place .. "/" .. kind .. "/" .. name))
    if kind == "good" then expected[kind .. "/" .. name] = read(place .. "/good/" .. name .. ".thumbnail") end
  end
  return made
end

function init()
  good, hostile = requests("good"), requests("hostile")
end

function request()
  sent = sent + 1
  -- Threads begin at different places, so that they do not all send the same hostile upload at a time.
  if sent % every == 0 then return hostile[(sent / every + number * 7) % #hostile + 1] end
  return good[sent % #good + 1]
end

function response(status, headers, body)
  local name = headers["X-Request-ID"] or "an answer without a name"
  local thumbnail = expected[name]
  if status == 503 then
    refused = refused + 1
  elseif thumbnail and status == 200 and body == thumbnail then
    right = right + 1
  elseif not thumbnail and name:sub(1, 8) == "hostile/" and status == 422 then
    caught = caught + 1
  else
    wrong = wrong + 1
    if firstWrong == "" then firstWrong = name .. " was answered with " .. status .. ", " .. #body .. " bytes" end
  end
end

function done(summary, latency)
  local total = { sent = 0, right = 0, wrong = 0, caught = 0, refused = 0 }
  local example = ""
  for _, thread in ipairs(threads) do
    for key, value in pairs(total) do total[key] = value + thread:get(key) end
    if example == "" then example = thread:get("firstWrong") end
  end
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  local answered = total.right + total.wrong + total.caught + total.refused
  local function line(name, ...) print(string.format("%-12s " .. select(1, ...), name, select(2, ...))) end
  line("requests/s", "%.0f", summary.requests / (summary.duration / 1e6))
  line("latency", "p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, longest %.1f ms", latency:percentile(50) / 1e3,
    latency:percentile(90) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3)
  line("answered", "%d: %d right thumbnails, %d hostile uploads caught, %d refused with 503, %d wrong", answered, total.right,
    total.caught, total.refused, total.wrong)
  -- What was on its way when the time was over has no answer; no connection has more than one such request.
  line("lost", "%d connections broken or timed out", broken)
  if example ~= "" then line("wrong", "%s", example) end
  local isRight = total.wrong == 0 and broken == 0 and total.right > 0 and total.caught > 0
  line("verdict", isRight and "right" or "WRONG")
end
