package io.holdfast.transaction.jdbc.escrow;

import io.holdfast.spi.Durations;
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
import java.util.LinkedHashSet;
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

    void hold(long more) {
      held = Math.addExact(held, more);
    }

    void post(long more) {
      balance = Math.addExact(balance, more);
    }
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
    this.deadlineMillis = Durations.millis(deadline);
    this.seconds = (int) Math.min(statementTimeout.toSeconds(), Integer.MAX_VALUE);
  }

  /**
   * Does all of them, in a local transaction that the caller begins and ends: one message that
   * reads and one that writes.
   *
   * @return how each of the postings is to be voted on, once that is committed
   */
  Map<EscrowRequest.Postings, Vote> run(List<EscrowRequest<?>> claims) throws SQLException {
    Set<String> ending = new LinkedHashSet<>();
    Set<String> posting = new HashSet<>();
    List<EscrowRequest.Postings> asked = new ArrayList<>();
    Set<String> accounts = new LinkedHashSet<>();
    for (EscrowRequest<?> claim : claims) {
      if (claim instanceof EscrowRequest.Settlement settlement) {
        ending.addAll(settlement.ids());
        if (settlement.post()) {
          posting.addAll(settlement.ids());
        }
      } else if (claim instanceof EscrowRequest.Postings postings) {
        asked.add(postings);
        postings.postings().forEach(each -> accounts.add(each.account()));
      }
    }
    read(ending, posting, accounts);
    Map<EscrowRequest.Postings, Vote> votes = new LinkedHashMap<>();
    asked.forEach(each -> votes.put(each, admit(each)));
    write();
    return votes;
  }

  /**
   * Takes the holds that end; one that is not there has ended. Then reads the accounts: what is
   * released or put in by this very batch counts only for the next.
   */
  private void read(Set<String> ending, Set<String> posting, Set<String> accounts)
      throws SQLException {
    Message message = new Message();
    if (!ending.isEmpty()) {
      message.add(EscrowTables.TAKE_HOLDS, shard, array("text", ending));
    }
    if (!accounts.isEmpty()) {
      message.add(EscrowTables.ACCOUNTS, shard, array("text", accounts));
    }
    if (message.statements.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = message.execute()) {
      if (!ending.isEmpty()) {
        try (ResultSet rows = statement.getResultSet()) {
          while (rows.next()) {
            Posting held = new Posting(rows.getString(3), rows.getLong(4));
            end(rows.getString(1), rows.getInt(2), held, posting);
          }
        }
        statement.getMoreResults();
      }
      if (!accounts.isEmpty()) {
        try (ResultSet rows = statement.getResultSet()) {
          while (rows.next()) {
            Room room = new Room();
            room.left = rows.getLong(2) - rows.getLong(3) - rows.getLong(4);
            rooms.put(rows.getString(1), room);
          }
        }
      }
    }
  }

  private void end(String id, int number, Posting held, Set<String> posting) {
    Change change = changes.computeIfAbsent(held.account(), account -> new Change());
    change.hold(-Math.max(0, -held.amount()));
    if (posting.contains(id)) {
      change.post(held.amount());
      entries.add(id, number, held.account(), held.amount());
    }
  }

  /** All of a claim's postings or none. */
  private Vote admit(EscrowRequest.Postings claim) {
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
        changes.computeIfAbsent(posting.account(), account -> new Change()).post(posting.amount());
      } else if (posting.amount() < 0) {
        changes.computeIfAbsent(posting.account(), account -> new Change()).hold(-posting.amount());
      }
    }
    return Vote.PREPARED;
  }

  private void write() throws SQLException {
    changes.values().removeIf(change -> change.held == 0 && change.balance == 0);
    Message message = new Message();
    if (!changes.isEmpty()) {
      message.add(
          EscrowTables.CHANGE_ACCOUNTS,
          array("text", changes.keySet()),
          array("bigint", changes.values().stream().map(each -> each.held).toList()),
          array("bigint", changes.values().stream().map(each -> each.balance).toList()),
          shard);
    }
    if (!entries.ids.isEmpty()) {
      message.add(EscrowTables.PUT_ENTRIES, shard, entries);
    }
    if (!holds.ids.isEmpty()) {
      message.add(EscrowTables.PUT_HOLDS, shard, deadlineMillis, holds);
    }
    if (message.statements.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = message.execute()) {
      if (!changes.isEmpty() && statement.getUpdateCount() != changes.size()) {
        throw new SQLException("an account is gone: " + changes.keySet());
      }
    }
  }

  /** Statements that go to the database together. */
  private final class Message {
    private final List<String> statements = new ArrayList<>();
    private final List<Object> values = new ArrayList<>();

    void add(String sql, Object... parameters) throws SQLException {
      statements.add(sql);
      for (Object parameter : parameters) {
        if (parameter instanceof Rows rows) {
          values.add(array("text", rows.ids));
          values.add(array("int", rows.numbers));
          values.add(array("text", rows.accounts));
          values.add(array("bigint", rows.amounts));
        } else {
          values.add(parameter);
        }
      }
    }

    /** The first result is the current one. */
    PreparedStatement execute() throws SQLException {
      PreparedStatement statement = connection.prepareStatement(String.join(";", statements));
      try {
        statement.setQueryTimeout(seconds);
        for (int i = 0; i < values.size(); i++) {
          statement.setObject(i + 1, values.get(i));
        }
        statement.execute();
        return statement;
      } catch (SQLException e) {
        statement.close();
        throw e;
      }
    }
  }

  private Array array(String type, Collection<?> values) throws SQLException {
    return connection.createArrayOf(type, values.toArray());
  }
}
