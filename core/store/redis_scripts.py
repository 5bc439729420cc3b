"""
What Redis must do in one step, in Lua: each script is one command, and nobody sees it half done.

Times are microseconds since 1970 and come from the caller. They stay strings wherever they are only kept: Lua would
write large numbers as ``1.8e+15``.
"""

from typing import Final

PUBLISH_LUA: Final = """
-- KEYS: manifest, the set of published blobs, the blobs now named
-- ARGV: manifest, its TTL, the TTL of what is dropped (ms)
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
local named = {}
for i = 3, #KEYS do
  named[KEYS[i]] = true
  redis.call('PEXPIRE', KEYS[i], ARGV[2])
end
for _, key in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  if not named[key] then
    redis.call('PEXPIRE', key, ARGV[3])
    redis.call('SREM', KEYS[2], key)
  end
end
for i = 3, #KEYS do redis.call('SADD', KEYS[2], KEYS[i]) end
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return 1
"""

CLAIM_LUA: Final = """
-- KEYS: lock, [what makes the claim pointless]   ARGV: holder, now, lease end, TTL (ms)
if KEYS[2] and redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
local held = redis.call('HMGET', KEYS[1], 'holder', 'until')
local now, till = tonumber(ARGV[2]), tonumber(held[2]) or 0
local longest = now + 86400000000 -- a day: a later end was written by a clock that went wrong
if held[1] and held[1] ~= ARGV[1] and till > now and till < longest then return 0 end
redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'until', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
"""

RELEASE_LUA: Final = """
-- KEYS: lock   ARGV: holder
if redis.call('HGET', KEYS[1], 'holder') == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""

SAVE_BLOB_LUA: Final = """
-- Writes a blob; one that is there already (and may be in use) never gets a nearer end.
-- KEYS: blob   ARGV: bytes, TTL (ms)
redis.call('SET', KEYS[1], ARGV[1], 'PX', math.max(redis.call('PTTL', KEYS[1]), tonumber(ARGV[2])))
"""

REPLACE_GATE_LUA: Final = """
-- Replaces a value when it is still the one that was read; returns what was found, '' when there was nothing.
-- KEYS: value   ARGV: what was read, what replaces it, TTL (ms)
local found = redis.call('GET', KEYS[1]) or ''
if found == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return found
"""

ASKED_BEFORE_LUA: Final = """
-- KEYS: the first day that it was asked for   ARGV: today, TTL (ms)
local first = redis.call('GET', KEYS[1])
if not first then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return (first and first < ARGV[1]) and 1 or 0
"""

FOLLOW_LUA: Final = """
-- KEYS: wishes   ARGV: category, now, until, most, TTL (ms)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[2])
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
"""

SAVE_REPORT_LUA: Final = """
-- KEYS: reports   ARGV: report, most, TTL (ms)
redis.call('LPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], 0, tonumber(ARGV[2]) - 1)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
"""

SAVE_SUMMARY_LUA: Final = """
-- KEYS: summary, its failure   ARGV: summary, TTL (ms)
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('DEL', KEYS[2])
return 1
"""

ADD_USAGE_LUA: Final = """
-- KEYS: usage   ARGV: TTL (ms), the oldest day kept, then field and amount in turn; a field begins with its day
for i = 3, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.sub(field, 1, 10) < ARGV[2] then redis.call('HDEL', KEYS[1], field) end
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
"""
