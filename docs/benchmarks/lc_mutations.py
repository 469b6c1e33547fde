"""Soak: hand-made faults in the local controller's lists, limits, keys and backups, one at a time in a copy of the
tree; is each seen? Those in its store-and-forward are in tests/campaign/mutants.py.

    python docs/benchmarks/lc_mutations.py          options as of mutations.py beside it
"""
import sys

from mutations import Fault, main

LIST, CARDS, AWAY = "local_controller/local_list.py", "local_controller/authorization.py", "local_controller/away.py"
LIMIT, BACKUP, TLS = "local_controller/site_limit.py", "local_controller/backup.py", "local_controller/certificates.py"
KEEPING, DOWN, LOGIN = "local_controller/keeping.py", "local_controller/downstream.py", "local_controller/login.py"
TESTS = "tests/local_controller"
FAULTS = (
    Fault("a list counts from its first piece on", LIST,
          "whole = len(entries) < MOST_A_MESSAGE or (coming is None and not full)", "whole = True",
          f"{TESTS}/test_local_list.py"),
    Fault("a difference is taken whatever its version", LIST,
          "if not full and request.list_version <= self.version:", "if False:", f"{TESTS}/test_local_list.py"),
    Fault("what leaves the list is believed as it was seen before", LIST,
          "db.executemany(\"DELETE FROM id_tags WHERE id_tag = ?\", [(tag,) for tag in gone])", "pass",
          f"{TESTS}/test_local_list.py -k forgotten"),
    Fault("what was seen beats the list", CARDS, "self._list.get(tag) or self._verdicts.get(tag)",
          "self._verdicts.get(tag) or self._list.get(tag)", f"{TESTS}/test_local_list.py -k beats"),
    Fault("an expired card charges on while the site is cut off", CARDS, "verdict.expires_at <= now:",
          "verdict.expires_at > now:", f"{TESTS}/test_authorization.py"),
    Fault("a share is raised before another's decrease is confirmed", LIMIT,
          "        room_a = limit_a - sum(self._may_draw_a(identity) for identity in self._charge_points)",
          "        room_a = limit_a", f"{TESTS}/test_site_limit.py"),
    Fault("whoever is away is counted with nothing", LIMIT, "away_a += self._may_draw_a(identity)", "away_a += 0",
          f"{TESTS}/test_site_limit.py"),
    Fault("a charge point whose profiles were cleared is forgotten", LIMIT,
          "        if self._saved.limited:\n            self._forget(identity)\n\n    async def run",
          "        return\n\n    async def run", f"{TESTS}/test_site_limit.py -k cleared"),
    Fault("a restored controller gives out ids of before", BACKUP,
          "max(given + ID_GAP, known_id, by_clock)", "given", f"{TESTS}/test_backup.py"),
    Fault("a backup may bring any file along", BACKUP, "member.name not in FILES or ", "", f"{TESTS}/test_backup.py"),
    Fault("any certificate of the central system will do", TLS,
          "        return ssl.create_default_context(cadata=ca) if ca else ssl.create_default_context()",
          "        return ssl._create_unverified_context()", f"{TESTS}/test_certificates.py"),
    Fault("a certificate is never renewed", TLS, "< RENEW_BEFORE:", "< timedelta(0):", f"{TESTS}/test_certificates.py"),
    Fault("the old key is good for ever", DOWN,
          "            self._keys[identity] = key_hash\n            self._next_keys.pop",
          "            self._next_keys.pop", f"{TESTS}/test_keeping.py -k new_key"),
    Fault("a retired charge point is let in after a restart", DOWN, "FROM charge_points WHERE retired_at IS NULL\"",
          "FROM charge_points WHERE 1\"", f"{TESTS}/test_keeping.py -k retired"),
    Fault("the first password can be set twice", LOGIN, "if first and db", "if False and db",
          f"{TESTS}/test_keeping.py -k first_password"),
)

if __name__ == "__main__":
    sys.exit(main(FAULTS))
