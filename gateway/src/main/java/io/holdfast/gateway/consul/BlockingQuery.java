package io.holdfast.gateway.consul;

import io.holdfast.gateway.ServiceFeed;
import io.holdfast.gateway.ServiceState;
import io.holdfast.spi.Durations;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Answers reading requests, at once or when something has changed.
 *
 * <p>A request that waits costs a future and a timer, no thread and no watch. What is answered is
 * made once for all that ask the same of the same state, so a change that wakes thousands costs the
 * work of one and the sending.
 *
 * <p>Indexes: at least 1; a client whose index differs from the present one, greater or smaller, is
 * answered at once, so one that comes from another gateway or over a restart starts anew. The wait
 * has up to a sixteenth of itself on top, by draw, so that clients do not come in step.
 */
final class BlockingQuery {

  private static final int JITTER_PART = 16;
  private static final long NEW_MILLIS = 1_000;
  private static final int MOST_KEPT = 4_096;
  private static final long MOST_BYTES = 64L * 1024 * 1024;

  private final ServiceFeed feed;
  private final Supplier<Duration> storeAway;
  private final int most;
  private final AtomicInteger waiting = new AtomicInteger();
  private final Map<String, Kept> kept = new ConcurrentHashMap<>();

  /** Of the answers that are kept. Guarded by this. */
  private long keptBytes;

  /** An answer, and what it was made of. */
  private record Kept(Object state, Buffer body) {}

  /**
   * Over a feed.
   *
   * @param storeAway for how long the store cannot be reached; zero while it can be
   * @param most how many may wait
   */
  BlockingQuery(ServiceFeed feed, Supplier<Duration> storeAway, int most) {
    this.feed = feed;
    this.storeAway = storeAway;
    this.most = most;
  }

  /** False while the store cannot be reached, as far as is known. */
  boolean storeIsThere() {
    return storeAway.get().isZero();
  }

  /** How many wait. */
  int waiting() {
    return waiting.get();
  }

  /**
   * Answers with what {@code body} makes, now or after the wait that the client asked for.
   *
   * @param service whose changes end the wait; empty for those of any
   */
  void answer(
      RoutingContext context, ConsulQuery query, Optional<String> service, Supplier<Buffer> body) {
    Optional<Wait> wait = wait(query, service);
    if (wait.isEmpty() || waiting.get() >= most) {
      send(context, service, body);
      return;
    }
    waiting.incrementAndGet();
    Context loop = context.vertx().getOrCreateContext();
    CompletableFuture<Long> changed = feed.changed(service, wait.get().seen(), wait.get().millis());
    context.addEndHandler(ended -> changed.cancel(false));
    changed.whenComplete(
        (index, failure) -> {
          waiting.decrementAndGet();
          if (failure == null) {
            loop.runOnContext(none -> send(context, service, body));
          }
        });
  }

  /** Until the index is another than {@code seen}, or for so long. */
  private record Wait(long seen, long millis) {}

  private Optional<Wait> wait(ConsulQuery query, Optional<String> service) {
    boolean isNew = service.flatMap(feed::service).filter(state -> !state.isKnown()).isPresent();
    // The store names a service just before its instances.
    return isNew
        ? Optional.of(new Wait(feed.indexOf(service), NEW_MILLIS))
        : query.index().map(seen -> new Wait(seen, withJitter(query.atMost())));
  }

  private static long withJitter(Duration wait) {
    long millis = Durations.millis(wait);
    return millis + ThreadLocalRandom.current().nextLong(millis / JITTER_PART + 1);
  }

  private void send(RoutingContext context, Optional<String> service, Supplier<Buffer> body) {
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed()) {
      return;
    }
    Optional<ServiceState> state = service.flatMap(feed::service);
    if (!feed.isListed() || state.filter(there -> !there.isKnown()).isPresent()) {
      Answers.noLeader(context);
      return;
    }
    // Read before the instances: what changes between the two is answered again.
    long index = feed.indexOf(service);
    Duration age = age(state);
    response.putHeader("X-Consul-Index", Long.toString(Math.max(1, index)));
    response.putHeader("X-Consul-KnownLeader", Boolean.toString(age.isZero()));
    response.putHeader("X-Consul-LastContact", Long.toString(Durations.millis(age)));
    response.putHeader("X-Consul-Effective-Consistency", "stale");
    Answers.json(context, body.get());
  }

  /** How old what is answered may be: with no service to tell, as long as the store is away. */
  private Duration age(Optional<ServiceState> state) {
    Optional<ServiceState> one = state.or(() -> feed.services().values().stream().findFirst());
    return one.isEmpty()
        ? storeAway.get()
        : one.get().snapshot().age(Instant.now()).orElse(Duration.ZERO);
  }

  /**
   * An answer made once.
   *
   * @param key what was asked
   * @param state what it is made of; if that has changed, the answer is made anew
   */
  Buffer once(String key, Object state, Supplier<Buffer> maker) {
    Kept there = kept.get(key);
    if (there != null && there.state().equals(state)) {
      return there.body();
    }
    Buffer made = maker.get();
    keep(key, new Kept(state, made));
    return made;
  }

  /** Clients choose what is asked, and so how many answers there are: they share so much memory. */
  private synchronized void keep(String key, Kept answer) {
    int size = answer.body().length();
    if (kept.size() >= MOST_KEPT || keptBytes + size > MOST_BYTES) {
      kept.clear();
      keptBytes = 0;
    }
    if (size <= MOST_BYTES) {
      Kept before = kept.put(key, answer);
      keptBytes += size - (before == null ? 0 : before.body().length());
    }
  }

  synchronized long keptBytes() {
    return keptBytes;
  }
}
