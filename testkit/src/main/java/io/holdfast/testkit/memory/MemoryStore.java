package io.holdfast.testkit.memory;

import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Committed;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Place;
import io.holdfast.spi.Snapshot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The replicated state, as one map and one counter. Used in the cluster's context only.
 *
 * <p>Every change has the next revision, then {@link #onChange} learns of the keys it touched.
 */
final class MemoryStore {

  private final TreeMap<String, Entry> entries = new TreeMap<>();
  private final Set<String> sessions = new HashSet<>();
  private final Consumer<Set<Key>> onChange;
  private long revision;
  private long places;

  MemoryStore(Consumer<Set<Key>> onChange) {
    this.onChange = onChange;
  }

  Revision revision() {
    return new Revision(revision);
  }

  void openSession(String session, Key presence, Payload owner) {
    sessions.add(session);
    next();
    put(presence, owner, Optional.of(session));
    onChange.accept(Set.of(presence));
  }

  boolean isOpen(String session) {
    return sessions.contains(session);
  }

  void closeSession(String session) {
    if (!sessions.remove(session)) {
      return;
    }
    Set<Key> ended = new HashSet<>();
    for (Entry entry : entries.values()) {
      if (entry.session().equals(Optional.of(session))) {
        ended.add(entry.key());
      }
    }
    next();
    ended.forEach(key -> entries.remove(key.path()));
    onChange.accept(ended);
  }

  /**
   * Takes a place in each queue, under names that contain {@code token}.
   *
   * @return the places, those taken earlier under the same token included
   */
  List<Place> join(
      String session,
      Key presence,
      List<Claim> claims,
      List<Key> present,
      Payload payload,
      String token) {
    requireAlive(session, presence);
    List<Place> earlier = placesOf(session, claims, token);
    if (!earlier.isEmpty()) {
      Revision created = earlier.get(0).created();
      return claims.stream()
          .map(
              claim ->
                  earlier.stream()
                      .filter(place -> place.queue().equals(claim.queue()))
                      .filter(place -> place.mode().equals(claim.mode()))
                      .findFirst()
                      .orElseGet(() -> takenAway(claim, token, created)))
          .toList();
    }
    for (Key key : present) {
      if (!exists(key)) {
        throw new GuardFailedException("no place was taken, for this is not there: " + key);
      }
    }
    next();
    Set<Key> made = new HashSet<>();
    for (Claim claim : claims) {
      Key key = claim.queue().child("%010d-%s-%s".formatted(++places, token, claim.mode()));
      put(key, payload, Optional.of(session));
      made.add(key);
    }
    onChange.accept(made);
    return placesOf(session, claims, token);
  }

  private static Place takenAway(Claim claim, String token, Revision created) {
    Key key = claim.queue().child("gone-" + token + "-" + claim.mode());
    return new Place(claim, key, created).takenAway();
  }

  /** The places that a join with this token took; empty if it did not take effect. */
  List<Place> placesOf(String session, List<Claim> claims, String token) {
    List<Place> found = new ArrayList<>();
    for (Claim claim : claims) {
      for (Entry entry : below(claim.queue())) {
        if (entry.key().name().endsWith("-" + token + "-" + claim.mode())
            && entry.session().equals(Optional.of(session))) {
          found.add(withAhead(new Place(claim, entry.key(), entry.created())));
        }
      }
    }
    return found;
  }

  Optional<Place> refresh(String session, Place place) {
    Entry entry = entries.get(place.key().path());
    if (entry == null
        || !entry.created().equals(place.created())
        || !entry.session().equals(Optional.of(session))) {
      return Optional.empty();
    }
    return Optional.of(withAhead(place));
  }

  private Place withAhead(Place place) {
    return place.seeing(
        below(place.queue()).stream()
            .sorted(Snapshot.OLDEST_FIRST)
            .takeWhile(entry -> !entry.key().equals(place.key()))
            .map(entry -> new Place.Member(entry.key(), modeOf(entry.key().name())))
            .toList());
  }

  static String modeOf(String place) {
    String[] parts = place.split("-", -1);
    return parts.length == 3 ? parts[2] : Claim.EXCLUSIVE;
  }

  void leave(Collection<Key> keys) {
    Set<Key> there = new HashSet<>(keys);
    there.removeIf(key -> !entries.containsKey(key.path()));
    if (!there.isEmpty()) {
      next();
      there.forEach(key -> entries.remove(key.path()));
      onChange.accept(there);
    }
  }

  Committed commit(String session, Key presence, Transaction transaction) {
    requireAlive(session, presence);
    for (Transaction.Guard guard : transaction.guards()) {
      if (!holds(guard)) {
        throw new GuardFailedException("nothing was written, for this does not hold: " + guard);
      }
    }
    next();
    Set<Key> changed = new HashSet<>();
    for (Transaction.Write write : transaction.writes()) {
      changed.add(write.key());
      if (write instanceof Transaction.Put put) {
        Optional<String> owner =
            put.lifetime() == Transaction.Lifetime.SESSION
                ? Optional.of(session)
                : Optional.empty();
        put(put.key(), put.payload(), owner);
      } else {
        entries.remove(write.key().path());
      }
    }
    onChange.accept(changed);
    return new Committed(revision());
  }

  private boolean holds(Transaction.Guard guard) {
    Entry entry = entries.get(guard.key().path());
    if (guard instanceof Transaction.Exists) {
      return entry != null;
    }
    if (guard instanceof Transaction.Unmodified unmodified) {
      return entry != null && entry.modified().equals(unmodified.modified());
    }
    return entry == null;
  }

  boolean exists(Key key) {
    return entries.containsKey(key.path());
  }

  Snapshot list(Key directory) {
    return new Snapshot(directory, revision(), below(directory));
  }

  List<String> names(Key directory) {
    String prefix = directory.path() + "/";
    TreeSet<String> names = new TreeSet<>();
    for (String path : from(prefix).keySet()) {
      int end = path.indexOf('/', prefix.length());
      names.add(end < 0 ? path.substring(prefix.length()) : path.substring(prefix.length(), end));
    }
    return List.copyOf(names);
  }

  private List<Entry> below(Key directory) {
    String prefix = directory.path() + "/";
    return from(prefix).values().stream()
        .filter(entry -> entry.key().path().indexOf('/', prefix.length()) < 0)
        .toList();
  }

  /** {@code '0'} follows {@code '/'} in ASCII, so the range is exactly what has the prefix. */
  private Map<String, Entry> from(String prefix) {
    return entries.subMap(prefix, prefix.substring(0, prefix.length() - 1) + "0");
  }

  private void requireAlive(String session, Key presence) {
    if (!sessions.contains(session) || !exists(presence)) {
      throw new SessionLostException("session " + session + " is over in the cluster");
    }
  }

  private void put(Key key, Payload payload, Optional<String> owner) {
    Entry before = entries.get(key.path());
    Revision created =
        before != null && before.session().equals(owner) ? before.created() : revision();
    entries.put(key.path(), new Entry(key, payload, created, revision(), owner));
  }

  private void next() {
    revision++;
  }
}
