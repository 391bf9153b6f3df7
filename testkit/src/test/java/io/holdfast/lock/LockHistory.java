package io.holdfast.lock;

import io.holdfast.coordination.Consistency;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Entry;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Session;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Snapshot;
import io.holdfast.coordination.Transaction;
import io.holdfast.lock.Acquisition.Patience;
import io.holdfast.testkit.memory.Faults.Fate;
import io.holdfast.testkit.memory.MemoryBackend;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.testkit.memory.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * One random history of three clients and two locks, on virtual time, made from a seed.
 *
 * <p>The seed decides how each lock is used: by readers and writers, as a semaphore, exclusively,
 * or in a mix of all these. Wishes are for one of the locks, or for both at once.
 */
final class LockHistory {

  private static final Key DIRECTORY = Key.of("locks");
  private static final Duration SESSION = Duration.ofSeconds(3);
  private static final Duration BOUND = SESSION.multipliedBy(4);
  private static final Duration TICK = Duration.ofMillis(20);
  private static final Duration CRASH_DELAY = Duration.ofMillis(700);
  private static final int CLIENTS = 3;
  private static final int STEPS = 120;
  private static final List<LockName> LOCKS = List.of(new LockName("a"), new LockName("b"));

  private final Random random;
  private final VirtualTime time;
  private final MemoryCluster cluster;
  private final List<Client> clients = new ArrayList<>();
  private final List<Wish> wishes = new ArrayList<>();
  private final Promises promises;
  private final List<Use> uses;
  private final List<LockLimits> limits;
  private int lostGrants;
  private int givenUp;
  private int downgrades;

  private record Client(String name, MemoryBackend backend, Coordinator coordinator) {}

  private enum Use {
    EXCLUSIVE,
    READ_WRITE,
    SEMAPHORE,
    MIXED
  }

  LockHistory(long seed) {
    random = new Random(seed);
    uses = LOCKS.stream().map(lock -> Use.values()[random.nextInt(Use.values().length)]).toList();
    limits = LOCKS.stream().map(lock -> limits()).toList();
    time = new VirtualTime(seed);
    promises = new Promises(LOCKS, limits, time::nanoTime);
    cluster = MemoryCluster.on(time);
    CoordinatorOptions options =
        CoordinatorOptions.defaults()
            .withSessionTimeout(SESSION)
            .withRequestTimeout(Duration.ofMillis(700));
    for (int i = 0; i < CLIENTS; i++) {
      String name = "client-" + i;
      MemoryBackend backend = cluster.client(name, options);
      clients.add(new Client(name, backend, Coordinator.start(backend, options, name)));
    }
  }

  List<String> violations() {
    return promises.violations();
  }

  int grants() {
    return promises.grants();
  }

  int shared() {
    return promises.shared();
  }

  int lostGrants() {
    return lostGrants;
  }

  int givenUp() {
    return givenUp;
  }

  int downgrades() {
    return downgrades;
  }

  void run() {
    int lossPercent = random.nextInt(12);
    cluster.faults(
        (client, message) ->
            random.nextInt(100) < lossPercent
                ? Fate.LOST
                : Fate.after(Duration.ofMillis(random.nextInt(60))));
    for (int step = 0; step < STEPS; step++) {
      act(clients.get(random.nextInt(CLIENTS)));
      advance(Duration.ofMillis(random.nextInt(400)));
    }
    heal();
    expectNobodyOverlooked();
    finish();
  }

  private void act(Client client) {
    switch (random.nextInt(33)) {
      case 0, 1, 2, 3, 4, 5, 6, 7 -> wish(client, Patience.WAIT);
      case 8, 9 -> wish(client, Patience.NO_WAIT);
      case 10, 11, 12, 13, 14, 15, 16, 17 -> releaseOne();
      case 18, 19, 20 -> giveUpOne();
      case 21, 22 -> client.backend().pause();
      case 23, 24 -> clients.forEach(each -> each.backend().resume());
      case 25, 26 -> cutOrHeal(client);
      case 27 -> client.coordinator().current().ifPresent(this::takeAwayOne);
      case 28, 29, 30 -> downgradeOne();
      default -> client.coordinator().current().ifPresent(session -> expire(session.id()));
    }
  }

  private void wish(Client client, Patience patience) {
    if (wishes.stream().filter(Wish::waits).count() < 8) {
      List<LockClaim> claims = claims();
      CompletableFuture<Optional<QueueGrant>> outcome =
          new Acquisition(
                  claims,
                  client.coordinator(),
                  patience,
                  Particulars.NONE.describe(Particulars.Caller.GOES_ON),
                  new HoldReport(claims, client.coordinator()),
                  Runnable::run)
              .start();
      Wish wish = new Wish(claims, outcome);
      outcome.thenAccept(grant -> grant.ifPresent(given -> promises.granted(wish)));
      wishes.add(wish);
    }
  }

  private LockLimits limits() {
    LockLimits some =
        random.nextInt(3) == 0 ? LockLimits.NONE.withCrashDelay(CRASH_DELAY) : LockLimits.NONE;
    return random.nextInt(4) == 0 ? some.withMostAhead(random.nextInt(4)) : some;
  }

  private List<LockClaim> claims() {
    LockClaim a = new LockClaim(LOCKS.get(0), mode(uses.get(0)), DIRECTORY, limits.get(0));
    LockClaim b = new LockClaim(LOCKS.get(1), mode(uses.get(1)), DIRECTORY, limits.get(1));
    if (uses.get(0) != Use.SEMAPHORE && random.nextInt(4) == 0) {
      return DowngradableLock.claims(
          new LockClaim(LOCKS.get(0), LockMode.WRITE, DIRECTORY, limits.get(0)));
    }
    return switch (random.nextInt(6)) {
      case 0, 1, 2 -> List.of(a);
      case 3 -> List.of(b);
      case 4 -> List.of(a, b);
      default -> List.of(b, a);
    };
  }

  private LockMode mode(Use use) {
    return switch (use) {
      case EXCLUSIVE -> LockMode.EXCLUSIVE;
      case READ_WRITE -> random.nextInt(3) == 0 ? LockMode.WRITE : LockMode.READ;
      case SEMAPHORE -> LockMode.permits(1 + random.nextInt(3), random.nextInt(20) == 0 ? 3 : 4);
      case MIXED ->
          mode(List.of(Use.EXCLUSIVE, Use.READ_WRITE, Use.SEMAPHORE).get(random.nextInt(3)));
    };
  }

  private void releaseOne() {
    List<Wish> holding = wishes.stream().filter(Wish::holds).toList();
    if (!holding.isEmpty()) {
      holding.get(random.nextInt(holding.size())).release();
    }
  }

  private void downgradeOne() {
    List<Wish> writing = wishes.stream().filter(Wish::mayDowngrade).toList();
    if (!writing.isEmpty()) {
      writing.get(random.nextInt(writing.size())).downgrade();
      downgrades++;
    }
  }

  private void giveUpOne() {
    List<Wish> waiting = wishes.stream().filter(Wish::waits).toList();
    if (!waiting.isEmpty() && waiting.get(random.nextInt(waiting.size())).giveUp()) {
      givenUp++;
    }
  }

  /** By force, before its time. */
  private void expire(String session) {
    promises.expiredByForce(session);
    cluster.expire(session);
  }

  /** As an operator does who removes a place from a queue. */
  private void takeAwayOne(Session operator) {
    operator
        .list(
            DIRECTORY.child(LOCKS.get(random.nextInt(LOCKS.size())).text()),
            Consistency.LINEARIZABLE)
        .thenAccept(
            queue -> {
              if (!queue.entries().isEmpty()) {
                Entry place = queue.entries().get(random.nextInt(queue.entries().size()));
                promises.takenAway(place.created());
                operator.commit(Transaction.EMPTY.delete(place.key()));
              }
            });
  }

  private void cutOrHeal(Client client) {
    if (random.nextBoolean()) {
      cluster.cut(client.name());
    } else {
      cluster.heal(client.name());
    }
  }

  /** In small steps, looking at the promises after each. */
  private void advance(Duration duration) {
    long end = time.nanoTime() + duration.toNanos();
    while (time.nanoTime() < end) {
      tick();
    }
  }

  private void tick() {
    time.advance(TICK);
    promises.look();
    for (Wish wish : wishes) {
      if (wish.holds() && wish.grant().orElseThrow().state() == GrantState.LOST) {
        wish.release();
        lostGrants++;
      }
    }
  }

  private void heal() {
    cluster.faults((client, message) -> Fate.after(Duration.ofMillis(random.nextInt(5))));
    clients.forEach(client -> cluster.heal(client.name()));
    clients.forEach(client -> client.backend().resume());
  }

  /** After the faults end, all who can hold together do within a bound, with nothing released. */
  private void expectNobodyOverlooked() {
    long end = time.nanoTime() + BOUND.toNanos();
    Optional<String> overlooked = Optional.of("no session");
    while (time.nanoTime() < end && overlooked.isPresent()) {
      advance(SESSION.dividedBy(2));
      Optional<Session> witness = clients.get(0).coordinator().current();
      if (witness.isPresent()) {
        overlooked = promises.overlooked(witness.get(), queues(witness.get()));
      }
    }
    overlooked.ifPresent(promises::broken);
  }

  private List<List<Entry>> queues(Session witness) {
    List<List<Entry>> queues = new ArrayList<>();
    for (LockName lock : LOCKS) {
      CompletableFuture<Snapshot> queue =
          witness.list(DIRECTORY.child(lock.text()), Consistency.LINEARIZABLE);
      time.runUntil(queue::isDone, BOUND);
      queues.add(queue.join().entries());
    }
    return queues;
  }

  /** As holders release, every waiter has its turn within a bound, and the queues are empty. */
  private void finish() {
    long end = time.nanoTime() + BOUND.toNanos();
    while (time.nanoTime() < end && !finished()) {
      tick();
      releaseOne();
    }
    if (!finished()) {
      promises.broken("not everyone had a turn within " + BOUND);
    }
    advance(SESSION.multipliedBy(2));
    for (Client client : clients) {
      Optional<Session> session = client.coordinator().current();
      if (session.filter(with -> with.state() == SessionState.ACTIVE).isEmpty()) {
        promises.broken("a client has no session after the faults ended");
      } else if (!queues(session.get()).stream().allMatch(List::isEmpty)) {
        promises.broken("left in the queues: " + queues(session.get()));
      }
    }
  }

  private boolean finished() {
    return wishes.stream().noneMatch(wish -> wish.waits() || wish.holds());
  }
}
