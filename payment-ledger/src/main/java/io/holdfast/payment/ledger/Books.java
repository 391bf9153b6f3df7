package io.holdfast.payment.ledger;

import java.time.Instant;
import java.util.Optional;

/** What a plan can see: its own shard, as far as {@link Operation#reads} has asked for it. */
public interface Books {

  /** Who asks. */
  Caller caller();

  /** The same in every look of this plan. */
  Instant now();

  /** The shard that executes. */
  int shard();

  /** Where accounts live. */
  ShardMap map();

  /** A client account of this shard; empty if there is none. */
  Optional<Account> find(AccountId id);

  /** A document of this shard; empty if there is none, or it is of another kind. */
  <T extends Record> Optional<Document<T>> find(DocumentKind<T> kind, DocumentId id);

  /** A hold of this shard; empty if there is none. */
  Optional<Hold> hold(String id);

  /** A name for a new document here. The same again if the same request is planned again. */
  DocumentId newId(DocumentKind<?> kind);

  /**
   * A client account of this shard.
   *
   * @throws RefusedException {@code unknown-account}
   */
  default Account account(AccountId id) {
    return find(id)
        .orElseThrow(
            () ->
                Refusal.notFound("unknown-account", "No account is named " + id + ".").exception());
  }

  /**
   * A client account of this shard that the caller owns, or may act on all the same: an operator,
   * and the cluster itself.
   *
   * @throws RefusedException {@code unknown-account}, also if it belongs to somebody else
   */
  default Account own(AccountId id) {
    Account account = account(id);
    if (!account.owner().equals(caller().name()) && !caller().isAny(Role.OPERATOR, Role.SYSTEM)) {
      throw Refusal.notFound("unknown-account", "No account of yours is named " + id + ".")
          .exception();
    }
    return account;
  }

  /**
   * A document of this shard.
   *
   * @throws RefusedException {@code not-found}
   */
  default <T extends Record> Document<T> document(DocumentKind<T> kind, DocumentId id) {
    return find(kind, id)
        .orElseThrow(
            () -> Refusal.notFound("not-found", "There is nothing named " + id + ".").exception());
  }

  /** An account of the ledger's own in this shard. */
  default SystemAccount system(String role, String currency) {
    return new SystemAccount(role, shard(), currency);
  }
}
