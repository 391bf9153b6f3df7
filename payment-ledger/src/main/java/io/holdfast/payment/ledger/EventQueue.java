package io.holdfast.payment.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The events that are still to be told, see {@link Plan#tell}, of the shards that this process owns
 * and in the order in which they happened to each account. Blocks. Everything here throws {@link
 * LedgerUnavailableException} if a database cannot say now, and more if the shard has another owner
 * by now: then nothing was done.
 */
public interface EventQueue {

  /**
   * An event that was not delivered.
   *
   * @param id unique in the ledger, and the same in whatever database the shard is
   * @param body JSON
   */
  record Waiting(String id, AccountId account, String type, String body, Instant at) {}

  /**
   * Where somebody says whether an account is told anything: in a document of this kind of the
   * account, if its body has this field.
   */
  record Address(DocumentKind<?> kind, String field) {

    public Address {
      if (!field.matches("[a-zA-Z]+")) {
        throw new IllegalArgumentException("a field's name has letters only");
      }
    }
  }

  /** Accounts that have such an address and events; who waits longest first, at most 10,000. */
  List<AccountId> accounts(Address address);

  /** The first event of an account; empty if there is none, or its shard is not owned here. */
  Optional<Waiting> next(AccountId account);

  /** Forgets an event: it was delivered. */
  void delivered(String id);

  /**
   * Forgets events of accounts that have no such address: those from before a time, and of each
   * account all but the latest. May leave some for the next time.
   *
   * @param most how many of an account stay
   * @return how many were forgotten
   */
  int drop(Address address, Instant before, int most);
}
