package io.holdfast.lock;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.SessionState;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.lock.internal.local.LocalGrant;
import io.holdfast.lock.internal.local.LocalQueues;
import io.holdfast.lock.internal.queue.Acquisition;
import io.holdfast.lock.internal.queue.LockClaim;
import io.holdfast.lock.internal.queue.LockMode;
import io.holdfast.lock.internal.queue.NotFreeException;
import io.holdfast.lock.internal.queue.QueueGrant;
import io.holdfast.lock.internal.queue.RemovalNotices;
import io.holdfast.lock.internal.queue.WaitForm;
import io.holdfast.lock.internal.upgrade.UpgradableHold;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Entry;
import io.holdfast.spi.Session;
import io.holdfast.spi.Snapshot;
import io.holdfast.testkit.memory.Faults.Fate;
import io.holdfast.testkit.memory.MemoryBackend;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.testkit.memory.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

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
  private static final Owner OPERATOR = new Owner("ops", "desk", 1, Instant.EPOCH, Map.of());

  /** The first numbers of a {@link Random} hardly differ between neighbouring seeds. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private static final int CLIENTS = 3;
  private static final int STEPS = 120;
  private static final List<LockName> LOCKS = List.of(new LockName("a"), new LockName("b"));

  private final Random random;
  private final VirtualTime time;
  private final MemoryCluster cluster;
  private final List<Client> clients = new ArrayList<>();
  private final List<LockAttempt> wishes = new ArrayList<>();
  private final LockInvariants promises;
  private final List<Act> deck;
  private final List<Use> uses;
  private final List<LockConfig> limits;
  private int lostGrants;
  private int givenUp;
  private int downgrades;
  private int upgrades;
  private int handOvers;

  private record Client(String name, MemoryBackend backend, Coordinator coordinator) {}

  private enum Use {
    EXCLUSIVE,
    READ_WRITE,
    SEMAPHORE,
    MIXED
  }

  /** Most has to go right, and so may go wrong, among readers and writers. */
  private static final List<Use> USES =
      List.of(Use.EXCLUSIVE, Use.READ_WRITE, Use.READ_WRITE, Use.SEMAPHORE, Use.MIXED);

  /** What may happen next, and how often, in comparison. */
  private enum Act {
    WISH(16),
    TRY(4),
    WISH_LOCALLY(8),
    RELEASE(16),
    GIVE_UP(6),
    DOWNGRADE(4),
    UPGRADE(14),
    PAUSE(4),
    RESUME(4),
    CUT_OR_HEAL(4),
    TAKE_AWAY(2),
    EXPIRE(4);

    private final int often;

    Act(int often) {
      this.often = often;
    }

    /**
     * Of every kind up to half as often again, or not at all: what hides when all goes on at once
     * shows where something is missing.
     */
    private static List<Act> deck(Random random) {
      List<Act> deck = new ArrayList<>(Collections.nCopies(WISH.often, WISH));
      for (Act act : values()) {
        deck.addAll(Collections.nCopies(act.often * random.nextInt(4) / 2, act));
      }
      return deck;
    }
  }

  LockHistory(long seed) {
    random = new Random(seed * SPREAD);
    deck = Act.deck(random);
    uses = LOCKS.stream().map(lock -> USES.get(random.nextInt(USES.size()))).toList();
    limits = LOCKS.stream().map(lock -> limits()).toList();
    time = new VirtualTime(seed);
    promises = new LockInvariants(LOCKS, limits, time::nanoTime);
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

  int upgrades() {
    return upgrades;
  }

  int handOvers() {
    return handOvers;
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
    switch (deck.get(random.nextInt(deck.size()))) {
      case WISH -> lockAttempt(client, WaitForm.BLOCK);
      case TRY -> lockAttempt(client, WaitForm.TRY);
      case WISH_LOCALLY -> localWish(client);
      case RELEASE -> releaseOne();
      case GIVE_UP -> giveUpOne();
      case DOWNGRADE -> downgradeOne();
      case UPGRADE -> upgradeOne();
      case PAUSE -> client.backend().pause();
      case RESUME -> clients.forEach(each -> each.backend().resume());
      case CUT_OR_HEAL -> cutOrHeal(client);
      case TAKE_AWAY -> client.coordinator().current().ifPresent(this::takeAwayOne);
      case EXPIRE -> client.coordinator().current().ifPresent(session -> expire(session.id()));
    }
  }

  private void lockAttempt(Client client, WaitForm form) {
    if (mayWish()) {
      List<LockClaim> claims = claims();
      CompletableFuture<QueueGrant> outcome =
          Acquisition.start(claims, claims, client.coordinator(), form);
      LockClaim first = claims.get(0);
      add(
          LockAttempt.of(claims, outcome),
          granted -> {
            if (first.mode().equals(LockMode.UPGRADABLE)) {
              granted.mayBeUpgradedAs(
                  new UpgradableHold(outcome.join(), first, client.coordinator()));
            }
          });
    }
  }

  private boolean mayWish() {
    return wishes.stream().filter(LockAttempt::waits).count() < 8;
  }

  private void add(LockAttempt lockAttempt, Consumer<LockAttempt> onGrant) {
    wishes.add(lockAttempt);
    lockAttempt.whenGranted(
        granted -> {
          promises.granted(granted);
          onGrant.accept(granted);
        });
  }

  /** With others of the same client sharing the place, and the place kept for a while. */
  private void localWish(Client client) {
    int lock = random.nextInt(LOCKS.size());
    if (!mayWish() || uses.get(lock) == Use.SEMAPHORE) {
      return;
    }
    LockConfig config =
        limits
            .get(lock)
            .withHandOver(random.nextInt(4), Duration.ofMillis(random.nextInt(800)))
            .withRetention(Duration.ofMillis(random.nextInt(3) * 400L));
    LockClaim claim = new LockClaim(LOCKS.get(lock), LockMode.EXCLUSIVE, DIRECTORY, config);
    WaitForm form = random.nextInt(6) == 0 ? WaitForm.TRY : WaitForm.BLOCK;
    CompletableFuture<LocalGrant> outcome =
        LocalQueues.of(client.coordinator()).queue(claim.queue()).begin(claim, form);
    add(
        LockAttempt.of(List.of(claim), outcome),
        granted -> handOvers += granted.grant().orElseThrow().token().handover() > 0 ? 1 : 0);
  }

  private void upgradeOne() {
    List<LockAttempt> reading =
        wishes.stream().filter(lockAttempt -> lockAttempt.mayUpgrade().isPresent()).toList();
    if (!reading.isEmpty()) {
      LockAttempt lockAttempt = reading.get(random.nextInt(reading.size()));
      WaitForm form = random.nextInt(5) == 0 ? WaitForm.TRY : WaitForm.BLOCK;
      add(
          lockAttempt.upgrade(lockAttempt.mayUpgrade().orElseThrow().begin(form)),
          granted -> upgrades++);
    }
  }

  private LockConfig limits() {
    LockConfig some =
        random.nextInt(3) == 0
            ? LockConfig.defaults().withCrashDelay(CRASH_DELAY)
            : LockConfig.defaults();
    return random.nextInt(4) == 0 ? some.withMaxAhead(random.nextInt(4)) : some;
  }

  private List<LockClaim> claims() {
    LockClaim a = new LockClaim(LOCKS.get(0), mode(uses.get(0)), DIRECTORY, limits.get(0));
    LockClaim b = new LockClaim(LOCKS.get(1), mode(uses.get(1)), DIRECTORY, limits.get(1));
    if (uses.get(0) != Use.SEMAPHORE && random.nextInt(4) == 0) {
      return new LockClaim(LOCKS.get(0), LockMode.WRITE, DIRECTORY, limits.get(0)).andToRead();
    }
    if (uses.get(0) != Use.SEMAPHORE && random.nextInt(2) == 0) {
      return new LockClaim(LOCKS.get(0), LockMode.UPGRADABLE, DIRECTORY, limits.get(0)).andToRead();
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
    List<LockAttempt> holding = wishes.stream().filter(LockAttempt::holds).toList();
    if (!holding.isEmpty()) {
      holding.get(random.nextInt(holding.size())).release();
    }
  }

  private void downgradeOne() {
    List<LockAttempt> writing = wishes.stream().filter(LockAttempt::mayDowngrade).toList();
    if (!writing.isEmpty()) {
      writing.get(random.nextInt(writing.size())).downgrade();
      downgrades++;
    }
  }

  private void giveUpOne() {
    List<LockAttempt> waiting = wishes.stream().filter(LockAttempt::waits).toList();
    if (!waiting.isEmpty() && waiting.get(random.nextInt(waiting.size())).giveUp()) {
      givenUp++;
    }
  }

  /** By force, before its time. */
  private void expire(String session) {
    promises.expiredByForce(session);
    cluster.expire(session);
  }

  /** As an operator does who removes a place from a queue, with our command or the store's. */
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
                Transaction removal = Transaction.EMPTY.delete(place.key());
                operator.commit(
                    random.nextBoolean()
                        ? RemovalNotices.noted(removal, OPERATOR, "test", Instant.EPOCH)
                        : removal);
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
    for (LockAttempt lockAttempt : wishes) {
      if (lockAttempt.holds() && lockAttempt.grant().orElseThrow().state() == GrantState.LOST) {
        lockAttempt.release();
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
    expectNoOtherFailures();
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
    return wishes.stream().noneMatch(lockAttempt -> lockAttempt.waits() || lockAttempt.holds());
  }

  /**
   * A wish fails for want of a cluster or for others in the way if it is but a try, for a queue too
   * long, by an operator's hand, or with its hold.
   */
  private void expectNoOtherFailures() {
    wishes.stream()
        .flatMap(lockAttempt -> lockAttempt.failure().stream())
        .filter(
            failure ->
                !(failure instanceof UnavailableException
                    || failure instanceof QueueFullException
                    || failure instanceof RemovedFromQueueException
                    || failure instanceof UpgradeRefusedException
                    || failure instanceof LockLostException
                    || failure instanceof NotFreeException))
        .forEach(failure -> promises.broken("failed: " + failure));
  }
}
