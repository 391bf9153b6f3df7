package io.holdfast.coordination;

import io.holdfast.coordination.internal.GenerationCache;
import io.holdfast.coordination.internal.Listeners;
import io.holdfast.coordination.internal.OutageLog;
import io.holdfast.coordination.internal.TimedSession;
import io.holdfast.spi.Backend;
import io.holdfast.spi.BackendProvider;
import io.holdfast.spi.Committed;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import io.holdfast.spi.Finding;
import io.holdfast.spi.Observers;
import io.holdfast.spi.ReadAccess;
import io.holdfast.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An application's connection to a cluster. It owns this process's {@link Session}, and opens the
 * next session when one is lost.
 *
 * <p>One per process and namespace is enough; it is safe for use by many threads. Recipes ask for
 * {@link #session()} whenever they begin an operation; {@link Session#lost()} tells them that the
 * operation's session is over.
 *
 * <p>The next session is opened after a random pause, because many processes may lose theirs at the
 * same moment. The pause is at most a twentieth of the lost session's time-out, and at most five
 * seconds.
 */
public final class Coordinator implements AutoCloseable {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  /**
   * Processes that lose their sessions together open the next ones within this part of the
   * time-out.
   */
  private static final int SPREAD_PARTS = 20;

  private final Backend backend;
  private final CoordinatorOptions options;
  private final Context context;
  private final String name;
  private final Observers<Session> observers = new Observers<>();
  private final Observers<Coordinator> atClose = new Observers<>();
  private final Map<Class<?>, Object> shared = new ConcurrentHashMap<>();

  /** Written in the context only. */
  private volatile @Nullable Session current;

  /** Written in the context only, except in the last step of {@link #close}. */
  private volatile boolean closed;

  /**
   * Set at the start if the coordinator only reads and has no sessions; never changed afterwards.
   */
  private @Nullable CompletableFuture<ReadAccess> reader;

  private final AtomicBoolean closing = new AtomicBoolean();
  private final GenerationCache generations = new GenerationCache();
  private final Listeners listeners;

  /** Used in the context only, as is the one below. */
  private final OutageLog outages;

  private final List<CompletableFuture<Session>> waiting = new ArrayList<>();

  /** Why the latest attempt to open a session failed, until one is open. Written in the context. */
  private volatile @Nullable RuntimeException lastFailure;

  /** Fails if the cluster refuses us before there was a session. */
  private final CompletableFuture<Session> refused = new CompletableFuture<>();

  private Coordinator(Backend backend, CoordinatorOptions options, String name) {
    this.backend = backend;
    this.options = options;
    this.context = backend.context();
    this.listeners = new Listeners(context.callbacks());
    this.name = name;
    this.outages = new OutageLog(context, name);
  }

  /** {@link #connect(String, CoordinatorOptions)} with the defaults. */
  public static Coordinator connect(String uri) {
    return connect(uri, CoordinatorOptions.defaults());
  }

  /**
   * Connects and opens the first session. Blocks for at most the connect time-out.
   *
   * @param uri as in {@link ClusterUri}
   * @throws UnavailableException if the cluster cannot be reached in time
   * @throws AccessRefusedException at once if the cluster refuses us, or we do not trust it
   * @throws IllegalArgumentException if the address is wrong or no backend knows its scheme
   */
  public static Coordinator connect(String uri, CoordinatorOptions options) {
    ClusterUri parsed = ClusterUri.parse(uri);
    Backend backend = provider(parsed.scheme()).open(parsed, options);
    return connect(backend, options, parsed.toString());
  }

  /**
   * Connects in the background, for a process that must start while the cluster is away. Returns at
   * once. Until the cluster answers there is no session, and calls that need one wait.
   *
   * @throws IllegalArgumentException as above
   */
  public static Coordinator connectInBackground(String uri, CoordinatorOptions options) {
    ClusterUri parsed = ClusterUri.parse(uri);
    Backend backend = provider(parsed.scheme()).open(parsed, options);
    return start(backend, options, parsed.toString());
  }

  /**
   * Connects for reading only. There is no session, so connecting needs no write where the store
   * allows that, and works on a cluster that accepts no writes. Calls that need a session fail.
   * Blocks for at most the connect time-out.
   *
   * @throws UnavailableException as above
   * @throws AccessRefusedException as above
   * @throws IllegalArgumentException as above
   */
  public static Coordinator connectToRead(String uri, CoordinatorOptions options) {
    ClusterUri parsed = ClusterUri.parse(uri);
    Backend backend = provider(parsed.scheme()).open(parsed, options);
    Coordinator coordinator = new Coordinator(backend, options, parsed.toString());
    CompletableFuture<ReadAccess> reader = new CompletableFuture<>();
    coordinator.reader = reader;
    backend
        .openReader(options.owner())
        .whenComplete(
            (opened, failure) -> {
              if (failure != null) {
                reader.completeExceptionally(failure);
              } else if (!reader.complete(opened)) {
                opened.close();
              }
            });
    return coordinator.awaited(reader, options);
  }

  /**
   * Opens the first session of a backend that the caller has made, and owns the backend from then
   * on.
   *
   * @param name the cluster's name in messages
   * @throws UnavailableException as above
   * @throws AccessRefusedException as above
   */
  public static Coordinator connect(Backend backend, CoordinatorOptions options, String name) {
    Coordinator coordinator = start(backend, options, name);
    return coordinator.awaited(
        CompletableFuture.anyOf(coordinator.session(), coordinator.refused), options);
  }

  /**
   * Returns this coordinator once {@code ready} is done. Closes it if {@code ready} fails or takes
   * too long.
   */
  private Coordinator awaited(CompletableFuture<?> ready, CoordinatorOptions options) {
    try {
      ready.get(Durations.nanos(options.connectTimeout()), TimeUnit.NANOSECONDS);
      return this;
    } catch (TimeoutException | ExecutionException e) {
      if (e.getCause() instanceof AccessRefusedException refusal) {
        close();
        throw new AccessRefusedException(
            "no session with " + name + ": " + refusal.getMessage(), refusal);
      }
      Throwable why = e.getCause() instanceof UnavailableException cause ? cause : lastFailure;
      close();
      if (why instanceof StoreFullException) {
        throw new StoreFullException("no session with " + name + ": " + why.getMessage(), why);
      }
      String what =
          "no session with "
              + name
              + " within "
              + Durations.millis(options.connectTimeout())
              + " ms: ";
      if (why == null) {
        throw new UnavailableException(what + "is the cluster up, and is the address right?", e);
      }
      // Keeps the message only: the stack trace of one of our threads would help nobody.
      throw why.getCause() == null
          ? new UnavailableException(what + why.getMessage())
          : new UnavailableException(what + why.getMessage(), why.getCause());
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new UnavailableException("interrupted while connecting to " + name, e);
    }
  }

  /** Like {@link #connect(Backend, CoordinatorOptions, String)}, without waiting. */
  public static Coordinator start(Backend backend, CoordinatorOptions options, String name) {
    Coordinator coordinator = new Coordinator(backend, options, name);
    coordinator.context.execute(() -> coordinator.open(FIRST_PAUSE));
    return coordinator;
  }

  private static BackendProvider provider(String scheme) {
    TreeSet<String> known = new TreeSet<>();
    for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
      if (provider.schemes().contains(scheme)) {
        return provider;
      }
      known.addAll(provider.schemes());
    }
    throw new IllegalArgumentException(noBackend(scheme, known));
  }

  /** Suggests another module only if the scheme belongs to a module that is missing. */
  private static String noBackend(String scheme, Set<String> known) {
    String store = scheme.startsWith("z") ? "zookeeper" : scheme.startsWith("e") ? "etcd" : "";
    String there = known.isEmpty() ? "none at all" : String.join(", ", known);
    String what = "no backend for '" + scheme + "://'; on the class path is " + there + ": ";
    if (known.contains(store)) {
      return what + "write " + store + "://";
    }
    if (known.contains("zookeeper") && known.contains("etcd")) {
      return what + "write one of these";
    }
    return what + "add " + (store.isEmpty() ? "zookeeper-backend or etcd" : store) + "-backend";
  }

  /**
   * The live session, or the next one as soon as it is open.
   *
   * @return completes at once or in the context; fails with {@link UnavailableException} only once
   *     the coordinator is closed. Waits without a bound while the cluster is away: set one
   *     yourself
   */
  public CompletableFuture<Session> session() {
    if (reader != null) {
      return CompletableFuture.failedFuture(
          new UnavailableException(
              "the coordinator for " + name + " only reads, so it has no session"));
    }
    Session now = current;
    if (now != null && now.state() != SessionState.LOST) {
      return CompletableFuture.completedFuture(now);
    }
    CompletableFuture<Session> next = new CompletableFuture<>();
    context.execute(
        () -> {
          Session there = current;
          if (closed) {
            next.completeExceptionally(closedFailure());
          } else if (there != null && there.state() != SessionState.LOST) {
            next.complete(there);
          } else {
            waiting.removeIf(CompletableFuture::isDone);
            waiting.add(next);
          }
        });
    if (closed) {
      next.completeExceptionally(closedFailure());
    }
    return next;
  }

  /**
   * Commits a transaction, such as one that {@link io.holdfast.lock.LockGrant#guard} has made
   * conditional on a hold, by the live session or the next one.
   *
   * @return its position in the cluster's order; completes where {@link io.holdfast.spi.Callbacks}
   *     run. Fails with {@link GuardFailedException}, {@link UnavailableException} or {@link
   *     SessionLostException} (no effect), or with {@link IndeterminateException} (unknown: read
   *     the keys that it would have written). Waits without a bound while the cluster is away: set
   *     one yourself
   */
  public CompletableFuture<Revision> commit(Transaction transaction) {
    return context.told(
        session()
            .thenCompose(session -> session.commit(transaction))
            .thenApply(Committed::revision));
  }

  /**
   * The access through which recipes read without writing: the {@link #session}, or its substitute
   * in a coordinator that only reads.
   *
   * @return as {@link #session}
   */
  public CompletableFuture<? extends ReadAccess> reading() {
    CompletableFuture<ReadAccess> only = reader;
    return only == null ? session() : only;
  }

  /** Why there is no session, if there is none and the latest attempt to open one has failed. */
  public Optional<RuntimeException> whyNoSession() {
    return current().isPresent() ? Optional.empty() : Optional.ofNullable(lastFailure);
  }

  /** The live session if there is one right now. */
  public Optional<Session> current() {
    return Optional.ofNullable(current).filter(session -> session.state() != SessionState.LOST);
  }

  /**
   * Calls {@code observer} in the context with the live session, if there is one, and with every
   * later one. What it throws is logged.
   *
   * @return stops it
   */
  public Runnable onSession(Consumer<Session> observer) {
    Runnable[] stop = {() -> {}};
    context.execute(
        () -> {
          stop[0] = observers.add(observer);
          current().ifPresent(session -> Observers.tell(observer, session));
        });
    return () -> context.execute(() -> stop[0].run());
  }

  /**
   * Calls {@code observer} in the context when the coordinator closes, before its session does; at
   * once if it is closed. For recipes: no timer runs after that, so an operation that waits for one
   * must end. Exceptions of the observer are logged.
   *
   * @return stops it
   */
  public Runnable onClose(Runnable observer) {
    Runnable[] stop = {() -> {}};
    context.execute(
        () -> {
          if (closed) {
            Observers.tell(closing -> observer.run(), this);
          } else {
            stop[0] = atClose.add(closing -> observer.run());
          }
        });
    return () -> context.execute(() -> stop[0].run());
  }

  /**
   * An object of which recipes keep one for each coordinator; made at the first call.
   *
   * @param kind the class by which it is found
   */
  public <T> T shared(Class<T> kind, Supplier<? extends T> maker) {
    return kind.cast(shared.computeIfAbsent(kind, none -> maker.get()));
  }

  /**
   * The generation of the namespace, as this process knows it; asks the cluster if it does not. For
   * recipes, which make {@link Generation#key} a condition of what they write with {@code session}
   * and call {@link #generationOutdated} when it did not hold.
   *
   * @return fails with {@link UnavailableException} or {@link SessionLostException}
   */
  public CompletableFuture<Generation> generation(Session session) {
    return generations.get(session);
  }

  /** The generation is not what it was: {@link #generation} asks the cluster again. */
  public void generationOutdated() {
    generations.forget();
  }

  /**
   * Calls {@code listener} with each event from now on: in order, one at a time, where {@link
   * Callbacks} run, so a slow listener delays nothing else. If it is too slow, events are {@link
   * #droppedEvents dropped}. Exceptions of the listener are logged.
   *
   * @return stops it
   */
  public Runnable listen(Consumer<? super CoordinationEvent> listener) {
    return listeners.add(listener);
  }

  /** How many events were dropped because listeners were too slow. */
  public long droppedEvents() {
    return listeners.dropped();
  }

  /** True if there is a listener. If not, a recipe can skip what only an event needs. */
  public boolean hasListeners() {
    return !listeners.isEmpty();
  }

  /** For recipes: tells the listeners, if there are any. */
  public void tell(Supplier<? extends CoordinationEvent> event) {
    listeners.tell(event);
  }

  /** See {@link Backend#examine}. */
  public CompletableFuture<List<Finding>> examine() {
    return backend.examine();
  }

  /** Like {@link #session}, but fails if the cluster refuses us before there was one. */
  public CompletableFuture<Session> firstSession() {
    return session().applyToEither(refused, session -> session);
  }

  /** True as soon as {@link #close} begins: no other session will be opened. */
  public boolean isClosed() {
    return closing.get();
  }

  /** The context in which all state of this coordinator changes. */
  public Context context() {
    return context;
  }

  /** As given to {@link #connect}. */
  public CoordinatorOptions options() {
    return options;
  }

  private void open(Duration pauseAfterFailure) {
    if (closed) {
      return;
    }
    backend
        .openSession(options.owner())
        .whenComplete(
            (session, failure) ->
                context.execute(
                    () -> {
                      if (failure == null) {
                        opened(session);
                      } else {
                        notOpened(failure, pauseAfterFailure);
                      }
                    }));
  }

  private void opened(Session opened) {
    if (closed) {
      opened.closeInBackground();
      return;
    }
    Session session = new TimedSession(opened, listeners);
    tell(() -> new CoordinationEvent.SessionChanged(session.id(), SessionState.ACTIVE));
    session.onState(state -> changed(session, state));
    outages.opened(session);
    current = session;
    lastFailure = null;
    generations.forget();
    session
        .lost()
        .whenComplete((reason, none) -> context.execute(() -> sessionLost(session, reason)));
    List<CompletableFuture<Session>> served = List.copyOf(waiting);
    waiting.clear();
    observers.tell(session);
    served.forEach(future -> future.complete(session));
  }

  private void changed(Session session, SessionState state) {
    tell(() -> new CoordinationEvent.SessionChanged(session.id(), state));
    if (!closed) {
      outages.changed(session, state);
    }
  }

  private void notOpened(Throwable failure, Duration pause) {
    Throwable cause =
        failure instanceof java.util.concurrent.CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    lastFailure =
        cause instanceof RuntimeException known
            ? known
            : new UnavailableException(String.valueOf(cause.getMessage()), cause);
    if (cause instanceof AccessRefusedException && current == null) {
      refused.completeExceptionally(cause);
    }
    if (closed) {
      return;
    }
    outages.notOpened(cause.getMessage());
    Duration next =
        Comparator.<Duration>naturalOrder().compare(pause.multipliedBy(2), LONGEST_PAUSE) < 0
            ? pause.multipliedBy(2)
            : LONGEST_PAUSE;
    context.schedule(context.jittered(pause), () -> open(next));
  }

  private void sessionLost(Session session, LossReason reason) {
    tell(() -> new CoordinationEvent.SessionEnded(session.id(), reason));
    if (closed) {
      return;
    }
    outages.lost(session, reason);
    session.closeInBackground();
    Duration part = session.timeout().dividedBy(SPREAD_PARTS);
    Duration most = part.compareTo(LONGEST_PAUSE) < 0 ? part : LONGEST_PAUSE;
    context.schedule(context.spread(most), () -> open(FIRST_PAUSE));
  }

  private UnavailableException closedFailure() {
    return new UnavailableException("the coordinator for " + name + " is closed");
  }

  /**
   * Ends the session and with it all holds, and frees all resources. Idempotent. Blocks for at most
   * the session time-out.
   */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    context.execute(
        () -> {
          closed = true;
          outages.stop();
          List<CompletableFuture<Session>> left = List.copyOf(waiting);
          waiting.clear();
          left.forEach(future -> future.completeExceptionally(closedFailure()));
          atClose.tell(this);
          atClose.clear();
          done.complete(null);
        });
    done.completeOnTimeout(null, 1, TimeUnit.SECONDS).join();
    closed = true;
    Session session = current;
    if (session != null) {
      session.close();
    }
    CompletableFuture<ReadAccess> only = reader;
    // If a session opens after this point, the code that opens it closes it.
    if (only != null && !only.cancel(false) && !only.isCompletedExceptionally()) {
      only.join().close();
    }
    backend.close();
  }

  @Override
  public String toString() {
    return "Coordinator[" + name + "]";
  }
}
