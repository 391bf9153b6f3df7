package io.holdfast.payment.old;

import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.old.SystemAccounts.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Double entry over shards. A transfer within a shard is two entries. One across shards is four:
 * each shard books its half against its own clearing account, so that each sums to zero by itself,
 * and the clearing accounts of all shards sum to zero together.
 */
final class Bookkeeping {

  private final ShardMap map;
  private final SystemAccounts systemAccounts;

  Bookkeeping(ShardMap map, SystemAccounts systemAccounts) {
    this.map = map;
    this.systemAccounts = systemAccounts;
  }

  private record Row(long balance, String currency) {}

  /** Sees to the system accounts that the instruction books against; before its transaction. */
  void prepare(Instruction instruction) {
    if (instruction instanceof Transfer transfer) {
      int from = map.shardOf(transfer.from());
      int to = map.shardOf(transfer.to());
      if (from != to) {
        systemAccounts.ensure(Kind.CLEARING, from, transfer.amount().code());
        systemAccounts.ensure(Kind.CLEARING, to, transfer.amount().code());
      }
    } else if (instruction instanceof OpenAccount opening) {
      int shard = map.shardOf(opening.account());
      systemAccounts.ensure(Kind.EQUITY, shard, opening.openingBalance().code());
    }
  }

  /** Books, or says why not and has changed nothing. */
  Optional<Refusal> book(Connection connection, Instruction instruction, IdempotencyKey key)
      throws SQLException {
    if (instruction instanceof Transfer transfer) {
      return move(connection, transfer, key);
    }
    return open(connection, (OpenAccount) instruction, key);
  }

  private Optional<Refusal> open(Connection connection, OpenAccount opening, IdempotencyKey key)
      throws SQLException {
    Money balance = opening.openingBalance();
    int shard = map.shardOf(opening.account());
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO account (id, shard, currency, kind, balance)"
                + " VALUES (?, ?, ?, 'CLIENT', ?) ON CONFLICT (id) DO NOTHING")) {
      insert.setString(1, opening.account().value());
      insert.setInt(2, shard);
      insert.setString(3, balance.code());
      insert.setLong(4, balance.minorUnits());
      if (insert.executeUpdate() == 0) {
        return Optional.of(Refusal.ACCOUNT_EXISTS);
      }
    }
    if (balance.minorUnits() > 0) {
      try (Entries entries = new Entries(connection, key)) {
        entries.add(shard, opening.account().value(), balance.minorUnits());
        entries.add(shard, Kind.EQUITY.account(shard, balance.code()), -balance.minorUnits());
        entries.write();
      }
    }
    return Optional.empty();
  }

  private Optional<Refusal> move(Connection connection, Transfer transfer, IdempotencyKey key)
      throws SQLException {
    Map<String, Row> rows = lock(connection, transfer);
    Optional<Refusal> refusal =
        check(transfer, rows.get(transfer.from().value()), rows.get(transfer.to().value()));
    if (refusal.isEmpty()) {
      changeBalances(connection, transfer);
      writeEntries(connection, transfer, key);
    }
    return refusal;
  }

  /** One statement locks both rows, the smaller id first at every node. */
  private static Map<String, Row> lock(Connection connection, Transfer transfer)
      throws SQLException {
    Map<String, Row> rows = new HashMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT id, balance, currency FROM account WHERE id IN (?, ?)"
                + " ORDER BY id FOR NO KEY UPDATE")) {
      select.setString(1, transfer.from().value());
      select.setString(2, transfer.to().value());
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          rows.put(row.getString(1), new Row(row.getLong(2), row.getString(3)));
        }
      }
    }
    return rows;
  }

  private static Optional<Refusal> check(Transfer transfer, @Nullable Row from, @Nullable Row to) {
    Money amount = transfer.amount();
    if (from == null || to == null) {
      return Optional.of(Refusal.UNKNOWN_ACCOUNT);
    }
    if (!from.currency().equals(amount.code()) || !to.currency().equals(amount.code())) {
      return Optional.of(Refusal.CURRENCY_MISMATCH);
    }
    if (from.balance() < amount.minorUnits()) {
      return Optional.of(Refusal.INSUFFICIENT_FUNDS);
    }
    if (to.balance() > Long.MAX_VALUE - amount.minorUnits()) {
      return Optional.of(Refusal.BALANCE_TOO_LARGE);
    }
    return Optional.empty();
  }

  private static void changeBalances(Connection connection, Transfer transfer) throws SQLException {
    long amount = transfer.amount().minorUnits();
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
      update.setLong(1, -amount);
      update.setString(2, transfer.from().value());
      update.addBatch();
      update.setLong(1, amount);
      update.setString(2, transfer.to().value());
      update.addBatch();
      update.executeBatch();
    }
  }

  private void writeEntries(Connection connection, Transfer transfer, IdempotencyKey key)
      throws SQLException {
    long amount = transfer.amount().minorUnits();
    String currency = transfer.amount().code();
    int from = map.shardOf(transfer.from());
    int to = map.shardOf(transfer.to());
    try (Entries entries = new Entries(connection, key)) {
      entries.add(from, transfer.from().value(), -amount);
      if (from != to) {
        entries.add(from, Kind.CLEARING.account(from, currency), amount);
        entries.add(to, Kind.CLEARING.account(to, currency), -amount);
      }
      entries.add(to, transfer.to().value(), amount);
      entries.write();
    }
  }
}
