package io.holdfast.payment.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Reads the books as last committed, of any shard, without its fence. Who has the answer to a
 * request finds what it did in the shard that executed it: a read waits for that, see {@link
 * Ledger#settled}, for a second at most. Blocks. Everything here throws {@link
 * LedgerUnavailableException} if the database cannot say now.
 */
public interface LedgerReader {

  /** A client account. */
  Optional<Account> account(AccountId id);

  /** The accounts of an owner in all shards, by id; at most {@code limit} after {@code after}. */
  List<Account> accountsOf(String owner, String after, int limit);

  /** A document as it is stored. */
  Optional<StoredDocument> document(DocumentId id);

  /** The documents of an account, newest last; at most {@code limit} after {@code after}. */
  List<StoredDocument> documentsOf(AccountId account, String kind, String after, int limit);

  /** What became of a caller's request about something; empty if none was executed so far. */
  Optional<StoredOperation> operation(String caller, Scope scope, IdempotencyKey key);

  /**
   * What was booked at an account, in order.
   *
   * @param after the {@link StatementLine#position} of the last line that is known; 0 to begin
   */
  List<StatementLine> statement(AccountId account, long after, int limit);

  /**
   * A document.
   *
   * @param body JSON
   */
  record StoredDocument(
      DocumentId id,
      AccountId account,
      Optional<AccountId> other,
      Optional<Instant> due,
      String body,
      Instant changed) {}

  /**
   * A request and what it came to.
   *
   * @param reply empty while it is under way
   */
  record StoredOperation(String type, Optional<Reply> reply, Instant at) {}

  /**
   * A line of a statement.
   *
   * @param position its place in the shard; those of later lines are greater
   * @param amount minor units, less than zero if it went out
   * @param balance the account's after it
   * @param type of the operation
   * @param reference the key of the request
   */
  record StatementLine(
      long position, Instant at, long amount, long balance, String type, String reference) {}
}
