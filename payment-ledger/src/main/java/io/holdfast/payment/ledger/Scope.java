package io.holdfast.payment.ledger;

import java.util.Optional;

/**
 * What a request is about: an account or a document. It says which shard executes the request, and
 * within it a caller's idempotency keys are unique.
 *
 * @param name an {@link AccountId} or a {@link DocumentId}, as text
 */
public record Scope(String name) {

  /** About an account. */
  public static Scope of(AccountId account) {
    return new Scope(account.value());
  }

  /** About a document. */
  public static Scope of(DocumentId document) {
    return new Scope(document.value());
  }

  /** The account that it is about; empty if it is about a document. */
  public Optional<AccountId> account() {
    return DocumentId.isOne(name) ? Optional.empty() : Optional.of(new AccountId(name));
  }

  /** Whether a ledger of these shards can have it: a document's name may tell any shard. */
  public boolean isIn(ShardMap map) {
    return !DocumentId.isOne(name) || new DocumentId(name).shard() < map.shards();
  }

  /** Where it lives. */
  public int shard(ShardMap map) {
    return DocumentId.isOne(name) ? new DocumentId(name).shard() : map.shardOf(new AccountId(name));
  }
}
