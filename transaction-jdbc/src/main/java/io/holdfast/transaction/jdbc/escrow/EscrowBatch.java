package io.holdfast.transaction.jdbc.escrow;

import io.holdfast.transaction.Vote;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What many claims come to in one local transaction: each account is changed once, whatever number
 * of them concern it, and rows are put many at a time. Used once, by one thread; blocks.
 */
final class EscrowBatch {

  private final Connection connection;
  private final String shard;
  private final long deadlineMillis;
  private final int seconds;

  /** In one order in every batch. */
  private final Map<String, Change> changes = new TreeMap<>();

  private final Map<String, Room> rooms = new HashMap<>();
  private final Rows holds = new Rows();
  private final Rows entries = new Rows();

  /** By how much an account changes. */
  private static final class Change {
    private long held;
    private long balance;
  }

  /** How much may be taken out of an account. */
  private static final class Room {
    private long left;
  }

  /** Rows to be put. */
  private static final class Rows {
    private final List<String> ids = new ArrayList<>();
    private final List<Integer> numbers = new ArrayList<>();
    private final List<String> accounts = new ArrayList<>();
    private final List<Long> amounts = new ArrayList<>();

    void add(String id, int number, String account, long amount) {
      ids.add(id);
      numbers.add(number);
      accounts.add(account);
      amounts.add(amount);
    }
  }

  EscrowBatch(Connection connection, String shard, Duration deadline, Duration statementTimeout) {
    this.connection = connection;
    this.shard = shard;
    this.deadlineMillis = deadline.toMillis();
    this.seconds = (int) Math.min(statementTimeout.toSeconds(), Integer.MAX_VALUE);
  }

  /**
   * Does all of them, in a local transaction that the caller begins and ends.
   *
   * @return how each of the postings is to be voted on, once that is committed
   */
  Map<Claim.Postings, Vote> run(List<Claim<?>> claims) throws SQLException {
    settle(claims);
    Map<Claim.Postings, Vote> votes = new LinkedHashMap<>();
    List<Claim.Postings> asked = new ArrayList<>();
    for (Claim<?> claim : claims) {
      if (claim instanceof Claim.Postings postings) {
        asked.add(postings);
      }
    }
    if (!asked.isEmpty()) {
      readRooms(asked);
      asked.forEach(each -> votes.put(each, admit(each)));
    }
    changeAccounts();
    put(EscrowTables.PUT_ENTRIES, entries, List.of(shard));
    put(EscrowTables.PUT_HOLDS, holds, List.of(shard, deadlineMillis));
    return votes;
  }

  /** A hold that is not there has ended. */
  private void settle(List<Claim<?>> claims) throws SQLException {
    Set<String> ending = new HashSet<>();
    Set<String> posting = new HashSet<>();
    for (Claim<?> claim : claims) {
      if (claim instanceof Claim.Settlement settlement) {
        ending.addAll(settlement.ids());
        if (settlement.post()) {
          posting.addAll(settlement.ids());
        }
      }
    }
    if (ending.isEmpty()) {
      return;
    }
    try (PreparedStatement take = prepare(EscrowTables.TAKE_HOLDS)) {
      take.setString(1, shard);
      take.setArray(2, array("text", ending));
      try (ResultSet rows = take.executeQuery()) {
        while (rows.next()) {
          end(
              rows.getString(1),
              rows.getInt(2),
              new Posting(rows.getString(3), rows.getLong(4)),
              posting);
        }
      }
    }
  }

  private void end(String id, int number, Posting held, Set<String> posting) {
    Change change = changes.computeIfAbsent(held.account(), account -> new Change());
    change.held -= Math.max(0, -held.amount());
    if (posting.contains(id)) {
      change.balance += held.amount();
      entries.add(id, number, held.account(), held.amount());
    }
  }

  /** What is released or put in by this very batch counts only for the next. */
  private void readRooms(List<Claim.Postings> asked) throws SQLException {
    Set<String> accounts = new HashSet<>();
    asked.forEach(each -> each.postings().forEach(posting -> accounts.add(posting.account())));
    try (PreparedStatement read = prepare(EscrowTables.ACCOUNTS)) {
      read.setString(1, shard);
      read.setArray(2, array("text", accounts));
      try (ResultSet rows = read.executeQuery()) {
        while (rows.next()) {
          Room room = new Room();
          room.left = rows.getLong(2) - rows.getLong(3) - rows.getLong(4);
          rooms.put(rows.getString(1), room);
        }
      }
    }
  }

  /** All of a claim's postings or none. */
  private Vote admit(Claim.Postings claim) {
    Map<String, Long> taken = new HashMap<>();
    for (Posting posting : claim.postings()) {
      taken.merge(posting.account(), Math.max(0, -posting.amount()), Math::addExact);
    }
    for (Map.Entry<String, Long> each : taken.entrySet()) {
      Room room = rooms.get(each.getKey());
      if (room == null) {
        return new Vote.Refused("no account is called '" + each.getKey() + "'");
      }
      if (room.left < each.getValue()) {
        return new Vote.Refused("not enough in " + each.getKey());
      }
    }
    taken.forEach(
        (account, amount) ->
            rooms.computeIfPresent(
                account,
                (name, room) -> {
                  room.left -= amount;
                  return room;
                }));
    int number = 0;
    for (Posting posting : claim.postings()) {
      (claim.alone() ? entries : holds)
          .add(claim.id(), number++, posting.account(), posting.amount());
      if (claim.alone()) {
        changes.computeIfAbsent(posting.account(), account -> new Change()).balance +=
            posting.amount();
      } else if (posting.amount() < 0) {
        changes.computeIfAbsent(posting.account(), account -> new Change()).held -=
            posting.amount();
      }
    }
    return Vote.PREPARED;
  }

  private void changeAccounts() throws SQLException {
    changes.values().removeIf(change -> change.held == 0 && change.balance == 0);
    if (changes.isEmpty()) {
      return;
    }
    try (PreparedStatement update = prepare(EscrowTables.CHANGE_ACCOUNTS)) {
      update.setArray(1, array("text", changes.keySet()));
      update.setArray(
          2, array("bigint", changes.values().stream().map(each -> each.held).toList()));
      update.setArray(
          3, array("bigint", changes.values().stream().map(each -> each.balance).toList()));
      update.setString(4, shard);
      if (update.executeUpdate() != changes.size()) {
        throw new SQLException("an account is gone: " + changes.keySet());
      }
    }
  }

  private void put(String sql, Rows rows, List<?> first) throws SQLException {
    if (rows.ids.isEmpty()) {
      return;
    }
    try (PreparedStatement insert = prepare(sql)) {
      int parameter = 0;
      for (Object value : first) {
        insert.setObject(++parameter, value);
      }
      insert.setArray(++parameter, array("text", rows.ids));
      insert.setArray(++parameter, array("int", rows.numbers));
      insert.setArray(++parameter, array("text", rows.accounts));
      insert.setArray(++parameter, array("bigint", rows.amounts));
      insert.executeUpdate();
    }
  }

  private PreparedStatement prepare(String sql) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    statement.setQueryTimeout(seconds);
    return statement;
  }

  private Array array(String type, Collection<?> values) throws SQLException {
    return connection.createArrayOf(type, values.toArray());
  }
}
