package io.holdfast.payment.security;

import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A caller as it is kept in the coordination store.
 *
 * @param name as in {@link Caller}, and not that of the cluster itself
 * @param roles at least one, and not {@link Role#SYSTEM}
 * @param keys the oldest first; none if the caller comes with a certificate only
 * @param created when it was added
 * @param revoked since when neither its keys nor its certificates are accepted
 */
public record StoredCaller(
    String name,
    Set<Role> roles,
    List<StoredKey> keys,
    Instant created,
    Optional<Instant> revoked) {

  /** So that a key can be replaced while the former is still in use. */
  static final int MOST_VALID = 2;

  /** So many are kept, for those who ask what became of a key. */
  private static final int MOST_KEPT = 10;

  public StoredCaller {
    roles = Set.copyOf(roles);
    keys = List.copyOf(keys);
    Caller form = new Caller(name, roles);
    if (form.roles().contains(Role.SYSTEM) || name.equals(Caller.SYSTEM.name())) {
      throw new IllegalArgumentException(
          "the cluster itself is no caller: neither the name system nor the role SYSTEM is given");
    }
    if (keys.size() > MOST_KEPT
        || keys.stream().map(StoredKey::id).distinct().count() < keys.size()) {
      throw new IllegalArgumentException("at most " + MOST_KEPT + " keys, each once");
    }
  }

  /** As the ledger knows it. */
  public Caller caller() {
    return new Caller(name, roles);
  }

  /** Whether it may call at all. */
  public boolean inForce() {
    return revoked.isEmpty();
  }

  /** The keys that are valid now; none if the caller is revoked. */
  public List<StoredKey> validKeys() {
    return inForce() ? keys.stream().filter(key -> key.revoked().isEmpty()).toList() : List.of();
  }

  Optional<StoredKey> key(String id) {
    return keys.stream().filter(key -> key.id().equals(id)).findFirst();
  }

  StoredCaller withKey(StoredKey added) {
    List<StoredKey> more = new ArrayList<>(keys);
    if (more.size() == MOST_KEPT) {
      more.remove(more.stream().filter(key -> key.revoked().isPresent()).findFirst().orElseThrow());
    }
    more.add(added);
    return new StoredCaller(name, roles, more, created, revoked);
  }

  StoredCaller withKeyRevoked(String id, Instant now) {
    return new StoredCaller(
        name,
        roles,
        keys.stream().map(key -> key.id().equals(id) ? key.revokedAt(now) : key).toList(),
        created,
        revoked);
  }

  /** All keys with it, for good: they do not come back with the caller. */
  StoredCaller revokedAt(Instant now) {
    return new StoredCaller(
        name,
        roles,
        keys.stream().map(key -> key.revokedAt(now)).toList(),
        created,
        Optional.of(revoked.orElse(now)));
  }

  StoredCaller reinstated() {
    return new StoredCaller(name, roles, keys, created, Optional.empty());
  }
}
