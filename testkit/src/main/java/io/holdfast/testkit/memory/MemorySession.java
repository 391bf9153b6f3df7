package io.holdfast.testkit.memory;

import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import io.holdfast.coordination.SessionLostException;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Committed;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Context;
import io.holdfast.spi.Observers;
import io.holdfast.spi.Place;
import io.holdfast.spi.Session;
import io.holdfast.spi.SessionLife;
import io.holdfast.spi.Snapshot;
import io.holdfast.spi.Watch;
import io.holdfast.testkit.memory.MemoryCluster.Scope;
import io.holdfast.testkit.memory.MemoryLink.Answer;
import io.holdfast.testkit.memory.MemoryLink.Refusal;
import io.holdfast.testkit.memory.MemoryLink.Reply;
import io.holdfast.testkit.memory.MemoryLink.Silence;
import io.holdfast.testkit.memory.VirtualTime.PausableContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A session with a {@link MemoryCluster}.
 *
 * <p>Its {@link SessionLife} is SUSPENDED since a message was lost, until the next proof.
 */
final class MemorySession implements Session {

  /**
   * This part of its life a session does not count on: so there is a time, as there is with real
   * clusters, when it is not known to be over and yet nothing is proven.
   */
  private static final int MARGIN = 10;

  private final MemoryCluster cluster;
  private final MemoryLink link;
  private final Context context;
  private final String id;
  private final Namespace namespace;
  private final Key presence;
  private final Duration timeout;

  /** In nanoseconds; reckoned once, since every look at a lock asks for it. */
  private final long margin;

  private final SessionLife life;

  /** Used in the context only, as are all below. */
  private final Set<Runnable> renewals = new LinkedHashSet<>();

  private boolean proving;
  private long joins;

  MemorySession(
      MemoryCluster cluster,
      MemoryLink link,
      Context context,
      String id,
      Key namespace,
      CoordinatorOptions options,
      long opened) {
    this.cluster = cluster;
    this.link = link;
    this.context = context;
    this.id = id;
    this.namespace = new Namespace(namespace);
    this.presence = namespace.child("sessions").child(id);
    this.timeout = options.sessionTimeout();
    this.margin = timeout.toNanos() / MARGIN;
    this.life = new SessionLife(context, id, opened + timeout.toNanos());
  }

  void start() {
    life.lost().thenRun(renewals::clear);
    life.start();
    proveLater();
    gone(Key.of("sessions", id)).thenRun(this::proveNow);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Duration timeout() {
    return timeout;
  }

  @Override
  public Context context() {
    return context;
  }

  @Override
  public CompletionStage<LossReason> lost() {
    return life.lost();
  }

  @Override
  public SessionState state() {
    return life.state();
  }

  @Override
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, life.untilDeadline().toNanos() - margin));
  }

  @Override
  public Runnable onState(Consumer<SessionState> observer) {
    return life.onState(observer);
  }

  void broken() {
    life.suspend();
    proveNow();
  }

  private void proven(long sent) {
    if (life.extend(sent + timeout.toNanos()) && life.resume()) {
      List.copyOf(renewals).forEach(Runnable::run);
    }
  }

  // Proofs of life.

  private void proveLater() {
    context.schedule(
        timeout.dividedBy(3),
        () -> {
          if (!life.isLost()) {
            proveNow();
            proveLater();
          }
        });
  }

  private void proveNow() {
    if (!proving && !life.isLost()) {
      proving = true;
      prove()
          .whenComplete(
              (left, failure) -> {
                proving = false;
                if (failure != null && !life.isLost()) {
                  proveNow();
                }
              });
    }
  }

  @Override
  public CompletableFuture<Duration> prove() {
    CompletableFuture<Duration> result = new CompletableFuture<>();
    this.<Optional<LossReason>>ask(
        "prove",
        there -> {
          if (!there.store().isOpen(id)) {
            return Optional.of(LossReason.EXPIRED);
          }
          return there.store().exists(presence)
              ? Optional.empty()
              : Optional.of(LossReason.REVOKED);
        },
        result,
        loss -> {
          loss.ifPresent(life::lose);
          if (!life.isLost()) {
            result.complete(remaining());
          }
        },
        () -> result.completeExceptionally(noReply("prove")));
    return result;
  }

  // Requests.

  /**
   * Asks the cluster, and answers in the context. A request that the session does not outlive fails
   * with {@link SessionLostException}.
   */
  private <T> void ask(
      String operation,
      Function<MemoryCluster, T> work,
      CompletableFuture<?> result,
      Consumer<T> answered,
      Runnable silent) {
    ask(false, operation, work, result, answered, silent);
  }

  /** The same; one that may have written something has then an unknown outcome. */
  private <T> void ask(
      boolean isWrite,
      String operation,
      Function<MemoryCluster, T> work,
      CompletableFuture<?> result,
      Consumer<T> answered,
      Runnable silent) {
    context.execute(
        () -> {
          if (life.isLost()) {
            result.completeExceptionally(life.failure());
            return;
          }
          life.endWithSession(result, () -> isWrite ? underWay(operation) : life.failure());
          long sent = context.nanoTime();
          link.request(operation, work, reply -> replied(reply, sent, result, answered, silent));
        });
  }

  private static IndeterminateException underWay(String operation) {
    return new IndeterminateException(operation + ": the reply was lost; look before trying again");
  }

  private <T> void replied(
      Reply<T> reply,
      long sent,
      CompletableFuture<?> result,
      Consumer<T> answered,
      Runnable silent) {
    if (life.isLost()) {
      return;
    }
    if (reply instanceof Answer<T> answer) {
      proven(sent);
      answered.accept(answer.value());
    } else if (reply instanceof Refusal<T> refusal) {
      if (refusal.reason() instanceof SessionLostException) {
        proveNow();
      }
      result.completeExceptionally(refusal.reason());
    } else if (reply instanceof Silence<T>) {
      life.suspend();
      proveNow();
      silent.run();
    }
  }

  private static UnavailableException noReply(String operation) {
    return new UnavailableException(operation + ": the memory cluster does not answer; try again");
  }

  @Override
  public CompletableFuture<List<Place>> join(
      List<Claim> claims, List<Key> present, Payload payload) {
    if (claims.isEmpty() || claims.stream().distinct().count() < claims.size()) {
      throw new IllegalArgumentException("a join names a queue at most once in each mode");
    }
    CompletableFuture<List<Place>> result = new CompletableFuture<>();
    context.execute(() -> join(claims, present, payload, id + "x" + ++joins, result));
    return result;
  }

  private void join(
      List<Claim> claims,
      List<Key> present,
      Payload payload,
      String token,
      CompletableFuture<List<Place>> result) {
    List<Key> needed = present.stream().map(namespace::absolute).toList();
    List<Claim> absolute = claims.stream().map(namespace::absolute).toList();
    this.<List<Place>>ask(
        "join",
        there -> there.store().join(id, presence, absolute, needed, payload, token),
        result,
        places -> result.complete(places.stream().map(namespace::relative).toList()),
        () -> join(claims, present, payload, token, result));
  }

  @Override
  public CompletableFuture<Optional<Place>> refresh(Place place) {
    CompletableFuture<Optional<Place>> result = new CompletableFuture<>();
    this.<Optional<Place>>ask(
        "refresh",
        there -> there.store().refresh(id, namespace.absolute(place)),
        result,
        found -> result.complete(found.map(namespace::relative)),
        () -> result.completeExceptionally(noReply("refresh")));
    return result;
  }

  @Override
  public CompletableFuture<Void> leave(List<Place> places) {
    CompletableFuture<Void> left = new CompletableFuture<>();
    List<Key> keys = places.stream().map(place -> namespace.absolute(place.key())).toList();
    leave(keys, left);
    return left.exceptionally(sessionLost -> null);
  }

  private void leave(List<Key> keys, CompletableFuture<Void> left) {
    this.<Boolean>ask(
        "leave",
        there -> {
          there.store().leave(keys);
          return true;
        },
        left,
        done -> left.complete(null),
        () -> leave(keys, left));
  }

  @Override
  public CompletableFuture<Committed> commit(Transaction transaction) {
    CompletableFuture<Committed> result = new CompletableFuture<>();
    Transaction absolute = namespace.absolute(transaction);
    this.<Committed>ask(
        true,
        "commit",
        there -> there.store().commit(id, presence, absolute),
        result,
        result::complete,
        () -> settle(result));
    return result;
  }

  /**
   * After the next answer nothing sent before can still arrive, since messages keep their order.
   */
  private void settle(CompletableFuture<Committed> result) {
    CompletableFuture<Boolean> settled = new CompletableFuture<>();
    settled.whenComplete((done, lost) -> result.completeExceptionally(underWay("commit")));
    ask("settle", there -> true, settled, settled::complete, () -> settle(result));
  }

  @Override
  public CompletableFuture<Void> gone(Key key) {
    CompletableFuture<Void> result = new CompletableFuture<>();
    Standing standing = new Standing(namespace.absolute(key), Scope.KEY);
    standing.onAnswer =
        there -> {
          boolean absent = !there.store().exists(standing.key);
          return () -> {
            if (absent) {
              result.complete(null);
            }
          };
        };
    context.execute(
        () -> {
          life.endWithSession(result);
          standing.begin();
        });
    result.whenComplete((value, failure) -> context.execute(standing::end));
    return result;
  }

  @Override
  public CompletableFuture<Snapshot> list(Key directory, Consistency consistency) {
    CompletableFuture<Snapshot> result = new CompletableFuture<>();
    Key absolute = namespace.absolute(directory);
    this.<Snapshot>ask(
        "list",
        there -> there.store().list(absolute),
        result,
        snapshot -> result.complete(namespace.relative(snapshot)),
        () -> result.completeExceptionally(noReply("list")));
    return result;
  }

  @Override
  public CompletableFuture<List<String>> names(Key directory, Consistency consistency) {
    CompletableFuture<List<String>> result = new CompletableFuture<>();
    Key absolute = namespace.absolute(directory);
    this.<List<String>>ask(
        "names",
        there -> there.store().names(absolute),
        result,
        result::complete,
        () -> result.completeExceptionally(noReply("names")));
    return result;
  }

  @Override
  public Watch watch(Key directory, Consumer<? super Snapshot> sink) {
    Standing standing = new Standing(namespace.absolute(directory), Scope.CHILDREN);
    Revision[] delivered = {Revision.NONE};
    boolean[] first = {true};
    standing.onAnswer =
        there -> {
          Snapshot snapshot = namespace.relative(there.store().list(standing.key));
          return () -> {
            if (first[0] || snapshot.revision().compareTo(delivered[0]) > 0) {
              first[0] = false;
              delivered[0] = snapshot.revision();
              Observers.tell(sink, snapshot);
            }
          };
        };
    context.execute(standing::begin);
    return () -> context.execute(standing::end);
  }

  @Override
  public Watch watchNames(Key directory, Consumer<? super List<String>> sink) {
    Standing standing = new Standing(namespace.absolute(directory), Scope.TREE);
    List<List<String>> delivered = new ArrayList<>();
    standing.onAnswer =
        there -> {
          List<String> names = there.store().names(standing.key);
          return () -> {
            if (!delivered.equals(List.of(names))) {
              delivered.clear();
              delivered.add(names);
              Observers.tell(sink, names);
            }
          };
        };
    context.execute(standing::begin);
    return () -> context.execute(standing::end);
  }

  @Override
  public String modeOf(String place) {
    return MemoryStore.modeOf(place);
  }

  @Override
  public String nativePath(Key key) {
    return key.isAbsolute() ? key.storePath() : "/" + namespace.absolute(key);
  }

  @Override
  public void closeInBackground() {
    end();
  }

  @Override
  public void close() {
    CompletableFuture<Void> done = end();
    if (!(context instanceof PausableContext)) {
      done.completeOnTimeout(null, timeout.toNanos(), TimeUnit.NANOSECONDS).join();
    }
  }

  private CompletableFuture<Void> end() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    context.execute(
        () -> {
          life.lose(LossReason.CLOSED);
          link.<Boolean>request(
              "close",
              there -> {
                there.end(id);
                return true;
              },
              reply -> done.complete(null));
        });
    return done;
  }

  /**
   * Something watched: looks and subscribes in one step, looks again at each notice, and begins
   * anew when the connection is back. Used in the context only, but for {@code unsubscribe}, which
   * belongs to the cluster's.
   */
  private final class Standing {
    private final Key key;
    private final Scope scope;
    private final Runnable renewal = this::look;
    private Function<MemoryCluster, Runnable> onAnswer = there -> () -> {};
    private Runnable unsubscribe = () -> {};
    private boolean ended;

    Standing(Key key, Scope scope) {
      this.key = key;
      this.scope = scope;
    }

    void begin() {
      if (!life.isLost()) {
        renewals.add(renewal);
        look();
      }
    }

    private void look() {
      if (ended || life.isLost()) {
        return;
      }
      long sent = context.nanoTime();
      link.<Runnable>request(
          "watch",
          there -> {
            unsubscribe.run();
            unsubscribe = ended ? () -> {} : there.subscribe(link, key, scope, this::look);
            return onAnswer.apply(there);
          },
          reply ->
              replied(
                  reply,
                  sent,
                  new CompletableFuture<>(),
                  answer -> {
                    if (!ended) {
                      answer.run();
                    }
                  },
                  () -> {}));
    }

    void end() {
      ended = true;
      renewals.remove(renewal);
      cluster.context().execute(() -> unsubscribe.run());
    }
  }
}
