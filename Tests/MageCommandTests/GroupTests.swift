import Foundation
import TestSupport
import Testing

/// Control groups that nobody is left to remove.
@Suite(.serialized) struct GroupTests {
  @Test func noGroupSurvivesTheCommandsOwnDeath() throws {
    // A user without the right to make groups has none that could be left.
    let script = """
      "$1" run --library "$2" -- /bin/sleep 1000 & mage=$!
      groups() { ls -d /sys/fs/cgroup/memory/mage-$mage-* /sys/fs/cgroup/mage-$mage-* 2>/dev/null; }
      if [ -w /sys/fs/cgroup/memory ]; then
        n=0
        until [ -n "$(groups)" ]; do n=$((n + 1)); [ $n -lt 3000 ] || exit 1; done
      fi
      kill -KILL $mage
      for n in $(seq 3000); do [ -n "$(groups)" ] || exit 0; done
      exit 2
      """
    let run = try Command.run("/bin/sh", ["-c", script, "sh", MageRun.mage, Places.policies])
    #expect(run.status == 0)
  }
}
