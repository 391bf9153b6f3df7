package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.EventQueue;
import io.holdfast.payment.ledger.ShardMap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The events in the table of that name. */
final class EventTable implements EventQueue {

  private static final int MOST_ACCOUNTS = 10_000;

  /** So many are forgotten at a time. */
  private static final int AT_ONCE = 1_000;

  private static final Pattern ID = Pattern.compile("ev-([0-9]{1,4})-([0-9]{1,18})-([0-9]{1,9})");

  private final IntFunction<LedgerDatabase> databaseOf;
  private final Collection<LedgerDatabase> databases;
  private final Supplier<Set<Integer>> owned;
  private final ShardMap map;

  EventTable(
      IntFunction<LedgerDatabase> databaseOf,
      Collection<LedgerDatabase> databases,
      Supplier<Set<Integer>> owned,
      ShardMap map) {
    this.databaseOf = databaseOf;
    this.databases = databases;
    this.owned = owned;
    this.map = map;
  }

  /** Of documents d; the kind stands in it as it does in the index. */
  private static String isAddress(Address address) {
    return "d.kind = '"
        + address.kind().name()
        + "' AND NOT d.fresh AND d.body->>'"
        + address.field()
        + "' IS NOT NULL";
  }

  private record Since(AccountId account, Instant at) {}

  @Override
  public List<AccountId> accounts(Address address) {
    List<Since> found = new ArrayList<>();
    for (LedgerDatabase database : databases) {
      List<Integer> mine = owned.get().stream().filter(database::owns).toList();
      if (mine.isEmpty()) {
        continue;
      }
      found.addAll(
          database.run(
              connection -> {
                List<Since> here = new ArrayList<>();
                new Message(connection)
                    .query(
                        row ->
                            here.add(
                                new Since(
                                    new AccountId(row.getString(1)),
                                    row.getTimestamp(2).toInstant())),
                        "SELECT d.account, e.at FROM document d JOIN LATERAL (SELECT at FROM event"
                            + " WHERE shard = d.shard AND account = d.account"
                            + " ORDER BY seq, number LIMIT 1) e ON true WHERE "
                            + isAddress(address)
                            + " AND d.shard = ANY (?) ORDER BY e.at LIMIT ?",
                        connection.createArrayOf("int4", mine.toArray()),
                        MOST_ACCOUNTS)
                    .run();
                return here;
              }));
    }
    return found.stream()
        .sorted(Comparator.comparing(Since::at))
        .map(Since::account)
        .distinct()
        .limit(MOST_ACCOUNTS)
        .toList();
  }

  @Override
  public Optional<Waiting> next(AccountId account) {
    int shard = map.shardOf(account);
    LedgerDatabase database = databaseOf.apply(shard);
    if (!database.owns(shard)) {
      return Optional.empty();
    }
    List<Waiting> found = new ArrayList<>();
    return database.run(
        connection -> {
          new Message(connection)
              .query(
                  row ->
                      found.add(
                          new Waiting(
                              "ev-" + shard + "-" + row.getLong(1) + "-" + row.getInt(2),
                              account,
                              row.getString(3),
                              row.getString(4),
                              row.getTimestamp(5).toInstant())),
                  "SELECT seq, number, type, body, at FROM event WHERE shard = ? AND account = ?"
                      + " ORDER BY seq, number LIMIT 1",
                  shard,
                  account.value())
              .run();
          return found.stream().findFirst();
        });
  }

  @Override
  public void delivered(String id) {
    Matcher parts = ID.matcher(id);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not the id of an event: " + id);
    }
    forget(
        Integer.parseInt(parts.group(1)),
        List.of(
            new EventDelivered.Place(
                Long.parseLong(parts.group(2)), Integer.parseInt(parts.group(3)))));
  }

  private void forget(int shard, List<EventDelivered.Place> places) {
    databaseOf.apply(shard).lane().add(new EventDelivered(shard, places)).join();
  }

  @Override
  public int drop(Address address, Instant before, int most) {
    String unaddressed =
        " NOT EXISTS (SELECT FROM document d WHERE d.shard = e.shard AND d.account = e.account AND "
            + isAddress(address)
            + ")";
    int dropped = 0;
    for (int shard : owned.get()) {
      dropped +=
          drop(
              shard,
              "SELECT e.seq, e.number FROM event e WHERE e.shard = ? AND e.at < ?::timestamptz AND"
                  + unaddressed
                  + " ORDER BY e.seq, e.number LIMIT ?",
              shard,
              before.toString(),
              AT_ONCE);
      dropped +=
          drop(
              shard,
              "SELECT o.seq, o.number FROM (SELECT e.account FROM event e WHERE e.shard = ? AND"
                  + unaddressed
                  + " GROUP BY e.account HAVING count(*) > ?) a JOIN LATERAL (SELECT seq, number"
                  + " FROM event WHERE shard = ? AND account = a.account"
                  + " ORDER BY seq DESC, number DESC OFFSET ?) o ON true LIMIT ?",
              shard,
              most,
              shard,
              most,
              AT_ONCE);
    }
    return dropped;
  }

  private int drop(int shard, String sql, Object... parameters) {
    LedgerDatabase database = databaseOf.apply(shard);
    if (!database.owns(shard)) {
      return 0;
    }
    List<EventDelivered.Place> places =
        database.run(
            connection -> {
              List<EventDelivered.Place> found = new ArrayList<>();
              new Message(connection)
                  .query(
                      row -> found.add(new EventDelivered.Place(row.getLong(1), row.getInt(2))),
                      sql,
                      parameters)
                  .run();
              return found;
            });
    if (!places.isEmpty()) {
      forget(shard, places);
    }
    return places.size();
  }
}
