package io.holdfast.payment.old;

import io.holdfast.fence.JdbcFence;
import io.holdfast.fence.StaleTokenException;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Fence;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.LedgerIdentity;
import io.holdfast.payment.ledger.LedgerUnavailableException;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.OutcomeUnknownException;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.ledger.StaleOwnerException;
import io.holdfast.payment.old.Receipt.Origin;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Currency;
import java.util.Optional;

/**
 * Executes instructions, each in one SQL transaction and at most once per idempotency key.
 *
 * <p>The order inside the transaction is what keeps the promises:
 *
 * <ol>
 *   <li><b>Fence.</b> {@link JdbcFence#check} on the shard's row: everything of the old owner is
 *       either committed before the new one has sealed it and reads anything, or refused.
 *   <li><b>Key.</b> The row of the idempotency key. A twin in flight makes us wait for it; then its
 *       answer is ours. A refusal is stored as well, or a late twin of a refused request could
 *       still take effect.
 *   <li><b>Accounts.</b> Row locks in the order of their ids, then balances, then entries.
 * </ol>
 *
 * <p>The debtor's shard executes a transfer, and its fence guards it; the creditor's row, perhaps
 * in another shard, is guarded by its row lock. Thread-safe; blocks.
 */
public final class Ledger {

  private static final JdbcFence<Integer> FENCES =
      JdbcFence.inColumns("shard", "shard", "fence_token", JdbcFence.Column.UUID);

  private final SqlTransactions transactions;
  private final Bookkeeping bookkeeping;
  private final ShardMap map;
  private final String node;
  private final LedgerIdentity identity;

  /**
   * With a database that is open.
   *
   * @param node who executes, for the record
   */
  public Ledger(Database database, ShardMap map, String node) {
    this.transactions = database.transactions();
    this.bookkeeping = new Bookkeeping(map, new SystemAccounts(transactions));
    this.map = map;
    this.node = node;
    this.identity = database.identity();
  }

  /** Where accounts live. */
  public ShardMap map() {
    return map;
  }

  /** By what its nodes know each other. */
  public LedgerIdentity identity() {
    return identity;
  }

  /**
   * Shuts out every earlier owner of the shard. To be called before the new owner reads or writes
   * anything; waits for the earlier owner's transactions in flight.
   *
   * @throws StaleOwnerException if somebody with a greater token has sealed it
   * @throws LedgerUnavailableException not sealed; to be tried again
   * @throws OutcomeUnknownException perhaps sealed; to be tried again, which is harmless
   */
  public void seal(Fence fence) {
    transactions.run(
        connection -> {
          try {
            FENCES.seal(connection, fence.shard(), fence.token());
            return true;
          } catch (StaleTokenException e) {
            throw new StaleOwnerException(fence.shard(), e);
          }
        });
  }

  /**
   * Executes an instruction, or finds what it was answered before.
   *
   * @param fence of the shard of {@link Instruction#account}
   * @throws StaleOwnerException no effect: the shard has another owner
   * @throws KeyReusedException no effect: the key belongs to another request
   * @throws LedgerUnavailableException no effect: to be tried again
   * @throws OutcomeUnknownException to be tried again under the same key
   */
  public Receipt execute(Instruction instruction, IdempotencyKey key, Fence fence) {
    if (map.shardOf(instruction.account()) != fence.shard()) {
      throw new IllegalArgumentException("the fence is of another shard than the account");
    }
    bookkeeping.prepare(instruction);
    return transactions.run(
        connection -> {
          checkFence(connection, fence);
          Optional<Instant> first = claim(connection, instruction, key, fence);
          if (first.isEmpty()) {
            return replay(connection, instruction, key);
          }
          Optional<Refusal> refusal = bookkeeping.book(connection, instruction, key);
          if (refusal.isPresent()) {
            refuse(connection, key, refusal.get());
          }
          return new Receipt(key, instruction, refusal, node, first.get(), Origin.EXECUTED);
        });
  }

  private static void checkFence(Connection connection, Fence fence) throws SQLException {
    try {
      FENCES.check(connection, fence.shard(), fence.token());
    } catch (StaleTokenException e) {
      throw new StaleOwnerException(fence.shard(), e);
    }
  }

  /** Makes the key ours, after any twin in flight; empty if the twin was first. */
  private Optional<Instant> claim(
      Connection connection, Instruction instruction, IdempotencyKey key, Fence fence)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO transfer (key, digest, kind, debtor, creditor, amount, currency,"
                + " executed_by, shard, token) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT (key) DO NOTHING RETURNING at")) {
      insert.setString(1, key.value());
      insert.setBytes(2, instruction.digest());
      Money money;
      if (instruction instanceof Transfer transfer) {
        insert.setString(3, "TRANSFER");
        insert.setString(4, transfer.from().value());
        insert.setString(5, transfer.to().value());
        money = transfer.amount();
      } else {
        OpenAccount opening = (OpenAccount) instruction;
        insert.setString(3, "OPENING");
        insert.setNull(4, java.sql.Types.VARCHAR);
        insert.setString(5, opening.account().value());
        money = opening.openingBalance();
      }
      insert.setLong(6, money.minorUnits());
      insert.setString(7, money.code());
      insert.setString(8, node);
      insert.setInt(9, fence.shard());
      insert.setObject(10, fence.token().toUuid());
      try (ResultSet row = insert.executeQuery()) {
        return row.next() ? Optional.of(row.getTimestamp(1).toInstant()) : Optional.empty();
      }
    }
  }

  private static Receipt replay(Connection connection, Instruction instruction, IdempotencyKey key)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT digest, refusal, executed_by, at FROM transfer WHERE key = ?")) {
      select.setString(1, key.value());
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("the twin's row has gone", "40001");
        }
        if (!Arrays.equals(row.getBytes(1), instruction.digest())) {
          throw new KeyReusedException(key);
        }
        return new Receipt(
            key,
            instruction,
            Optional.ofNullable(row.getString(2)).map(Refusal::valueOf),
            row.getString(3),
            row.getTimestamp(4).toInstant(),
            Origin.REPLAYED);
      }
    }
  }

  private static void refuse(Connection connection, IdempotencyKey key, Refusal refusal)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE transfer SET refusal = ? WHERE key = ?")) {
      update.setString(1, refusal.name());
      update.setString(2, key.value());
      update.executeUpdate();
    }
  }

  /**
   * A client account as last committed, read without the fence.
   *
   * @throws LedgerUnavailableException if the database cannot say now
   */
  public Optional<Account> find(AccountId id) {
    return transactions.run(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT shard, currency, balance FROM account WHERE id = ?")) {
            select.setString(1, id.value());
            try (ResultSet row = select.executeQuery()) {
              return row.next() ? Optional.of(account(id, row)) : Optional.empty();
            }
          }
        });
  }

  /**
   * What became of the request with this key, as last committed, read without the fence.
   *
   * @return empty if none was executed so far; one may be under way
   * @throws LedgerUnavailableException if the database cannot say now
   */
  public Optional<Receipt> find(IdempotencyKey key) {
    return transactions.run(
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "SELECT debtor, creditor, amount, currency, refusal, executed_by, at"
                      + " FROM transfer WHERE key = ?")) {
            select.setString(1, key.value());
            try (ResultSet row = select.executeQuery()) {
              return row.next() ? Optional.of(receipt(key, row)) : Optional.empty();
            }
          }
        });
  }

  private static Receipt receipt(IdempotencyKey key, ResultSet row) throws SQLException {
    Money money = Money.of(row.getLong("amount"), row.getString("currency"));
    AccountId creditor = new AccountId(row.getString("creditor"));
    String debtor = row.getString("debtor");
    return new Receipt(
        key,
        debtor == null
            ? new OpenAccount(creditor, money)
            : new Transfer(new AccountId(debtor), creditor, money),
        Optional.ofNullable(row.getString("refusal")).map(Refusal::valueOf),
        row.getString("executed_by"),
        row.getTimestamp("at").toInstant(),
        Origin.REPLAYED);
  }

  private static Account account(AccountId id, ResultSet row) throws SQLException {
    String code = row.getString("currency");
    int exponent = Currency.getInstance(code).getDefaultFractionDigits();
    return new Account(
        id, row.getInt("shard"), new Account.Balance(row.getLong("balance"), code, exponent));
  }
}
