package io.holdfast.payment.security;

import io.holdfast.admin.AuditEntry;
import io.holdfast.admin.AuditTrail;
import io.holdfast.admin.DirectoryListing;
import io.holdfast.admin.UnreadableEntry;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.payment.ledger.Role;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Futures;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * What operators do with callers. Each change is one step in the coordination store together with
 * its entry in the audit trail, and {@link CallerKeys} tells every node of it.
 *
 * <p>Nothing blocks. A change fails with {@link NoSuchElementException} if there is no such caller
 * or key, with {@link IllegalStateException} if it does not fit how the caller stands, and with
 * {@link UnavailableException} and its like if the store does not take it; then nothing was
 * changed. It waits without a bound while the cluster is away: set one yourself.
 */
public final class CallerAdmin {

  private static final int MOST_TRIES = 5;

  private final Coordinator coordinator;
  private final AuditTrail trail;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  /** Of the namespace of this coordinator, in the name of its owner. */
  public CallerAdmin(Coordinator coordinator) {
    this.coordinator = coordinator;
    this.trail = new AuditTrail(coordinator);
    this.clock = Clock.systemUTC();
  }

  /** What a caller is to be, and what whoever asked is told. */
  private record Change<T>(StoredCaller next, T answer) {}

  /** What was found: a caller, with the entry that it was read from. */
  private record Found(Entry entry, StoredCaller caller) {}

  /** All callers, the oldest first, and the entries that are none. */
  public CompletableFuture<DirectoryListing<StoredCaller>> list() {
    return coordinator
        .context()
        .told(
            coordinator
                .reading()
                .thenCompose(
                    reading -> reading.list(CallerEntries.DIRECTORY, Consistency.LINEARIZABLE))
                .thenApply(CallerAdmin::listing));
  }

  /**
   * Whose key that is: the key and the caller are valid. For tools that work past every node.
   *
   * @param key the whole of it; never quoted
   * @return empty if it is no key, or not valid
   */
  public CompletableFuture<Optional<StoredCaller>> owning(String key) {
    Optional<ApiKey> shown = ApiKey.parse(key);
    return list()
        .thenApply(
            there ->
                shown.flatMap(
                    it ->
                        there.found().stream()
                            .filter(
                                caller ->
                                    caller.validKeys().stream()
                                        .anyMatch(
                                            stored ->
                                                stored.id().equals(it.id()) && stored.matches(it)))
                            .findFirst()));
  }

  private static DirectoryListing<StoredCaller> listing(Snapshot snapshot) {
    List<StoredCaller> callers = new ArrayList<>();
    List<UnreadableEntry> others = new ArrayList<>();
    for (Entry entry : snapshot.entries()) {
      try {
        callers.add(CallerEntries.read(entry));
      } catch (IllegalArgumentException e) {
        others.add(
            new UnreadableEntry(entry.key(), "no caller of this version: " + e.getMessage()));
      }
    }
    return new DirectoryListing<>(callers, others);
  }

  /** Adds a caller. The name must never have been given: whoever had it owns accounts. */
  public CompletableFuture<ApiKey> add(String name, Set<Role> roles, String reason) {
    ApiKey key = ApiKey.generate(random);
    StoredCaller added = newcomer(name, roles, List.of(StoredKey.of(key, now())));
    return change(
        name, "payment.caller.add", reason, found -> new Change<>(absent(found, added), key));
  }

  /** Adds a caller that shows a client certificate with this common name, and has no key. */
  public CompletableFuture<StoredCaller> addWithoutKey(
      String name, Set<Role> roles, String reason) {
    StoredCaller added = newcomer(name, roles, List.of());
    return change(
        name, "payment.caller.add", reason, found -> new Change<>(absent(found, added), added));
  }

  private StoredCaller newcomer(String name, Set<Role> roles, List<StoredKey> keys) {
    return new StoredCaller(name, roles, keys, now(), Optional.empty());
  }

  private static StoredCaller absent(Optional<StoredCaller> found, StoredCaller added) {
    if (found.isPresent() && !found.get().equals(added)) {
      throw new IllegalStateException(
          "there is a caller named "
              + added.name()
              + (found.get().inForce() ? "" : ", revoked")
              + ": its accounts are not for another");
    }
    return added;
  }

  /** Gives one key more; at most {@value StoredCaller#MOST_VALID} are valid at a time. */
  public CompletableFuture<ApiKey> rotate(String name, String reason) {
    ApiKey key = ApiKey.generate(random);
    return change(
        name,
        "payment.caller.rotate",
        reason,
        found -> {
          StoredCaller caller = present(found, name);
          if (caller.key(key.id()).isPresent()) {
            return new Change<>(caller, key);
          }
          if (!caller.inForce()) {
            throw new IllegalStateException("caller " + name + " is revoked: reinstate it");
          }
          List<StoredKey> valid = caller.validKeys();
          if (valid.size() >= StoredCaller.MOST_VALID) {
            throw new IllegalStateException(
                "caller "
                    + name
                    + " has "
                    + valid.size()
                    + " valid keys: revoke one first, "
                    + String.join(" or ", valid.stream().map(StoredKey::id).toList()));
          }
          return new Change<>(caller.withKey(StoredKey.of(key, now())), key);
        });
  }

  /** Takes one key back. */
  public CompletableFuture<StoredCaller> revokeKey(String name, String keyId, String reason) {
    return change(
        name,
        "payment.caller.revoke-key",
        reason,
        found -> {
          StoredCaller caller = present(found, name);
          if (caller.key(keyId).isEmpty()) {
            throw new NoSuchElementException("caller " + name + " has no key of that id");
          }
          return same(caller.withKeyRevoked(keyId, now()));
        });
  }

  /** Takes all keys back, and accepts no certificate of that name. */
  public CompletableFuture<StoredCaller> revoke(String name, String reason) {
    return change(
        name,
        "payment.caller.revoke",
        reason,
        found -> same(present(found, name).revokedAt(now())));
  }

  /** Takes a revoked caller back, with a new key and none of the former. */
  public CompletableFuture<ApiKey> reinstate(String name, String reason) {
    ApiKey key = ApiKey.generate(random);
    return change(
        name,
        "payment.caller.reinstate",
        reason,
        found -> {
          StoredCaller caller = present(found, name);
          if (caller.key(key.id()).isPresent()) {
            return new Change<>(caller, key);
          }
          if (caller.inForce()) {
            throw new IllegalStateException("caller " + name + " is not revoked");
          }
          return new Change<>(caller.reinstated().withKey(StoredKey.of(key, now())), key);
        });
  }

  private static Change<StoredCaller> same(StoredCaller next) {
    return new Change<>(next, next);
  }

  private static StoredCaller present(Optional<StoredCaller> found, String name) {
    return found.orElseThrow(() -> new NoSuchElementException("there is no caller " + name));
  }

  private Instant now() {
    return clock.instant();
  }

  private <T> CompletableFuture<T> change(
      String name, String action, String reason, Function<Optional<StoredCaller>, Change<T>> how) {
    return coordinator.context().told(attempt(name, action, reason, how, 1));
  }

  /**
   * Tries again when somebody else was faster, and when the outcome is not known. Each change
   * recognises what it has done already, and the guard lets only one of two tries take effect.
   */
  private <T> CompletableFuture<T> attempt(
      String name,
      String action,
      String reason,
      Function<Optional<StoredCaller>, Change<T>> how,
      int tries) {
    return coordinator
        .session()
        .thenCompose(
            session ->
                find(session, name)
                    .thenCompose(
                        found -> {
                          Change<T> change = how.apply(found.map(Found::caller));
                          boolean done =
                              found.map(Found::caller).equals(Optional.of(change.next()));
                          return done
                              ? CompletableFuture.completedFuture(change.answer())
                              : commit(session, found, change.next(), action, reason)
                                  .thenApply(committed -> change.answer());
                        }))
        .exceptionallyCompose(
            failure -> {
              Throwable why = Futures.unwrapped(failure);
              boolean again =
                  why instanceof GuardFailedException
                      || why instanceof IndeterminateException
                      || why instanceof SessionLostException;
              return again && tries < MOST_TRIES
                  ? attempt(name, action, reason, how, tries + 1)
                  : CompletableFuture.failedFuture(why);
            });
  }

  private static CompletableFuture<Optional<Found>> find(Session session, String name) {
    return session
        .list(CallerEntries.DIRECTORY, Consistency.LINEARIZABLE)
        .thenApply(
            snapshot ->
                snapshot.entries().stream()
                    .filter(entry -> entry.key().name().equals(name))
                    .findFirst()
                    .map(entry -> new Found(entry, CallerEntries.read(entry))));
  }

  private CompletableFuture<?> commit(
      Session session, Optional<Found> found, StoredCaller next, String action, String reason) {
    Transaction.Guard unchanged =
        found
            .<Transaction.Guard>map(
                there -> new Transaction.Unmodified(there.entry().key(), there.entry().modified()))
            .orElseGet(() -> new Transaction.Absent(CallerEntries.key(next.name())));
    Transaction change =
        Transaction.EMPTY
            .require(unchanged)
            .put(CallerEntries.key(next.name()), CallerEntries.write(next));
    return trail
        .noting(AuditEntry.shortened(action, subject(next), reason), change, session)
        .thenCompose(session::commit);
  }

  private static String subject(StoredCaller caller) {
    return caller.name() + " " + caller.roles().stream().sorted().toList();
  }
}
