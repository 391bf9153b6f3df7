package io.holdfast.gateway.consul;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.GuardFailedException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.LockGrant;
import io.holdfast.spi.Entry;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The keys of Consul's KV store, below {@code consul/kv}, each one entry. Every write is
 * conditional on what it was decided on. A write is shown here before it is acknowledged.
 */
final class KvStore implements AutoCloseable {

  private static final int MOST_KEYS = 10_000;
  private static final int LONGEST_VALUE = 256 * 1024;
  private static final int TRIES = 8;
  private static final long SHOWN_MILLIS = 3_000;
  private static final long WRITE_SECONDS = 10;

  private final Coordinator coordinator;
  private final DirectoryView view;

  KvStore(Coordinator coordinator, Vertx vertx) {
    this.coordinator = coordinator;
    this.view = new DirectoryView(coordinator, Key.of("consul", "kv"), vertx);
  }

  DirectoryView view() {
    return view;
  }

  /** An entry of the store with what it holds. */
  record Found(KvEntry value, long created, long modified) {}

  Optional<Found> find(String key) {
    return view.find(KvEntry.encodeName(key)).map(KvStore::found).filter(it -> !it.value().gone());
  }

  /** Who locked a key last; also if it has been deleted since. */
  Optional<KvEntry.Lock> lock(String key) {
    return view.find(KvEntry.encodeName(key)).map(KvEntry::decode).flatMap(KvEntry::lock);
  }

  /** The keys that one of these sessions has locked, and by which. */
  Map<String, String> locked(Predicate<String> by) {
    Map<String, String> all = new TreeMap<>();
    view.present()
        .entries()
        .forEach(
            (name, entry) ->
                KvEntry.decode(entry)
                    .session()
                    .filter(by)
                    .ifPresent(id -> all.put(KvEntry.decodeName(name), id)));
    return all;
  }

  /** The last change of a key, its deletion too; 1 if it was never there. */
  long indexOf(String key) {
    return view.indexOf(KvEntry.encodeName(key));
  }

  /** The last change among the keys that begin so. */
  long indexBelow(String prefix) {
    return view.indexBelow(KvEntry.encodeName(prefix));
  }

  private static Found found(Entry entry) {
    return new Found(KvEntry.decode(entry), entry.created().value(), entry.modified().value());
  }

  /** All that begin so, in order. */
  Map<String, Found> below(String prefix) {
    Map<String, Found> all = new TreeMap<>();
    view.present()
        .entries()
        .forEach(
            (name, entry) -> {
              String key = KvEntry.decodeName(name);
              if (key.startsWith(prefix)) {
                Found there = found(entry);
                if (!there.value().gone()) {
                  all.put(key, there);
                }
              }
            });
    return all;
  }

  /**
   * Changes a key.
   *
   * @param decide what becomes of it, given its present index, 0 if it is not there, and value;
   *     empty to leave it; may be asked more than once
   * @return false if it was left
   */
  CompletableFuture<Boolean> change(
      String key, Optional<LockGrant> under, BiFunction<Long, KvEntry, Optional<KvEntry>> decide) {
    return attempt(KvEntry.encodeName(key), under, decide, 1)
        .orTimeout(WRITE_SECONDS, TimeUnit.SECONDS);
  }

  private CompletableFuture<Boolean> attempt(
      String name,
      Optional<LockGrant> under,
      BiFunction<Long, KvEntry, Optional<KvEntry>> decide,
      int tries) {
    CompletableFuture<Void> fresh =
        view.isKnown() && tries == 1 ? CompletableFuture.completedFuture(null) : view.refresh();
    return fresh.thenCompose(done -> commit(name, under, decide, tries));
  }

  private CompletableFuture<Boolean> commit(
      String name,
      Optional<LockGrant> under,
      BiFunction<Long, KvEntry, Optional<KvEntry>> decide,
      int tries) {
    Optional<Entry> there = view.find(name);
    KvEntry present = there.map(KvEntry::decode).orElse(KvEntry.NONE);
    long index = present.gone() ? 0 : there.map(entry -> entry.modified().value()).orElse(0L);
    Optional<KvEntry> next = decide.apply(index, present);
    if (next.isEmpty()) {
      return CompletableFuture.completedFuture(false);
    }
    if (next.get().value().length() > LONGEST_VALUE * 4 / 3 + 4) {
      throw new BadRequestException(413, "a value has at most " + LONGEST_VALUE + " bytes");
    }
    if (there.isEmpty() && view.present().entries().size() >= MOST_KEYS) {
      throw new BadRequestException(507, "there are at most " + MOST_KEYS + " keys");
    }
    Key key = view.key(name);
    Transaction write =
        Transaction.EMPTY
            .require(
                there.isPresent()
                    ? new Transaction.Unmodified(key, there.get().modified())
                    : new Transaction.Absent(key))
            .put(key, next.get().encode());
    return coordinator
        .commit(under.map(grant -> grant.guard(write)).orElse(write))
        .thenCompose(revision -> view.shows(revision, SHOWN_MILLIS).thenApply(none -> true))
        .exceptionallyCompose(
            failure ->
                cause(failure) instanceof GuardFailedException
                        && tries < TRIES
                        && under.map(LockGrant::isHeld).orElse(true)
                    ? attempt(name, under, decide, tries + 1)
                    : CompletableFuture.failedFuture(cause(failure)));
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /**
   * Changes keys one after the other.
   *
   * @param first called with each before
   */
  CompletableFuture<Boolean> changeAll(
      Iterable<String> keys, Consumer<String> first, Function<KvEntry, Optional<KvEntry>> decide) {
    CompletableFuture<Boolean> all = CompletableFuture.completedFuture(true);
    for (String key : keys) {
      all =
          all.thenCompose(
              done -> {
                first.accept(key);
                return change(key, Optional.empty(), (index, there) -> decide.apply(there));
              });
    }
    return all.thenApply(done -> true);
  }

  @Override
  public void close() {
    view.close();
  }
}
