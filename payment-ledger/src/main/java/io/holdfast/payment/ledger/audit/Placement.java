package io.holdfast.payment.ledger.audit;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which database has what: all are of one ledger, and each shard is in one of them. */
final class Placement {

  private static final List<String> TABLES =
      List.of("account", "operation", "journal", "entry", "hold", "document", "event", "branch");

  private final Notes notes;

  Placement(Notes notes) {
    this.notes = notes;
  }

  /** Returns the number of the ledger's shards. */
  int check(List<Snapshot> snapshots) throws SQLException {
    int shards = layout(snapshots);
    Map<Integer, List<String>> hosts = new HashMap<>();
    for (Snapshot each : snapshots) {
      each.here()
          .forEach(at -> hosts.computeIfAbsent(at, none -> new ArrayList<>()).add(each.name()));
      strays(each);
    }
    for (int shard = 0; shard < shards; shard++) {
      notes.looked(Check.PLACEMENT);
      List<String> here = hosts.getOrDefault(shard, List.of());
      if (here.size() != 1) {
        wrong("ledger", "shard " + shard + " is in these databases: " + here);
      }
    }
    hosts.forEach(
        (shard, here) -> {
          if (shard < 0 || shard >= shards) {
            wrong("ledger", "there is no shard " + shard + ", and it is in " + here);
          }
        });
    return shards;
  }

  private int layout(List<Snapshot> snapshots) throws SQLException {
    int[] shards = new int[1];
    Set<String> secrets = new HashSet<>();
    for (Snapshot each : snapshots) {
      each.each(
          row -> {
            if (!row.getString(1).equals(each.name())) {
              wrong(each.name(), "the database calls itself " + row.getString(1));
            }
            if (shards[0] != 0 && shards[0] != row.getInt(2)) {
              wrong(each.name(), "another number of shards: " + row.getInt(2));
            }
            shards[0] = Math.max(shards[0], row.getInt(2));
            secrets.add(row.getString(3));
          },
          "SELECT name, shards, encode(secret, 'hex') FROM ledger");
    }
    if (secrets.size() != 1) {
      wrong("ledger", "the databases are of " + secrets.size() + " ledgers");
    }
    return shards[0];
  }

  /** Rows of shards that are not here, nor were before they moved. */
  private void strays(Snapshot snapshot) throws SQLException {
    for (String table : TABLES) {
      snapshot.each(
          row ->
              wrong(
                  snapshot.name(),
                  "%d rows of shard %d, which is not here, in %s"
                      .formatted(row.getLong(2), row.getInt(1), table)),
          "SELECT shard, count(*) FROM "
              + table
              + " WHERE shard <> ALL (ARRAY(SELECT shard FROM shard WHERE state <> 'ABSENT'))"
              + " GROUP BY shard ORDER BY shard");
    }
  }

  private void wrong(String where, String what) {
    notes.wrong(Check.PLACEMENT, where, what);
  }
}
