package io.holdfast.lock;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.SessionState;
import io.holdfast.lock.Acquisition.Patience;
import io.holdfast.testkit.memory.Faults.Fate;
import io.holdfast.testkit.memory.MemoryBackend;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.testkit.memory.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** One random history of three clients and one lock, on virtual time, made from a seed. */
final class LockHistory {

  private static final Duration SESSION = Duration.ofSeconds(3);
  private static final int CLIENTS = 3;
  private static final int STEPS = 120;

  private final Random random;
  private final VirtualTime time;
  private final MemoryCluster cluster;
  private final List<Client> clients = new ArrayList<>();
  private final List<Wish> wishes = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private final Set<String> expiredByForce = new HashSet<>();
  private FencingToken greatest = FencingToken.NONE;
  private int grants;
  private int lostGrants;
  private int givenUp;

  private record Client(String name, MemoryBackend backend, Coordinator coordinator) {}

  private static final class Wish {
    private final CompletableFuture<Optional<QueueGrant>> outcome;
    private boolean released;

    Wish(CompletableFuture<Optional<QueueGrant>> outcome) {
      this.outcome = outcome;
    }

    Optional<QueueGrant> grant() {
      return outcome.isDone() && !outcome.isCompletedExceptionally()
          ? outcome.join()
          : Optional.empty();
    }

    boolean waits() {
      return !outcome.isDone();
    }
  }

  LockHistory(long seed) {
    random = new Random(seed);
    time = new VirtualTime(seed);
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
    return violations;
  }

  int grants() {
    return grants;
  }

  int lostGrants() {
    return lostGrants;
  }

  int givenUp() {
    return givenUp;
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
    healAndFinish();
  }

  private void act(Client client) {
    switch (random.nextInt(14)) {
      case 0, 1, 2, 3 -> wish(client, Patience.WAIT);
      case 4 -> wish(client, Patience.NO_WAIT);
      case 5, 6, 7, 8 -> releaseOne();
      case 9 -> giveUpOne();
      case 10 -> client.backend().pause();
      case 11 -> clients.forEach(each -> each.backend().resume());
      case 12 -> cutOrHeal(client);
      default -> client.coordinator().current().ifPresent(session -> expire(session.id()));
    }
  }

  private void wish(Client client, Patience patience) {
    if (wishes.stream().filter(Wish::waits).count() < 8) {
      CompletableFuture<Optional<QueueGrant>> outcome =
          new Acquisition(
                  List.of(new LockClaim(new LockName("l"), LockMode.EXCLUSIVE)),
                  client.coordinator(),
                  patience,
                  Runnable::run)
              .start();
      outcome.thenAccept(grant -> grant.ifPresent(this::granted));
      wishes.add(new Wish(outcome));
    }
  }

  private void releaseOne() {
    wishes.stream()
        .filter(wish -> !wish.released && wish.grant().isPresent())
        .findFirst()
        .ifPresent(this::release);
  }

  private void release(Wish wish) {
    wish.released = true;
    wish.grant().orElseThrow().release();
  }

  private void giveUpOne() {
    List<Wish> waiting = wishes.stream().filter(Wish::waits).toList();
    if (!waiting.isEmpty() && waiting.get(random.nextInt(waiting.size())).outcome.cancel(false)) {
      givenUp++;
    }
  }

  /** By force, before its time: its holder cannot know, so only the token protects then. */
  private void expire(String session) {
    expiredByForce.add(session);
    cluster.expire(session);
  }

  private boolean mayBelieve(LockGrant grant) {
    return !(grant instanceof QueueGrant queued) || !expiredByForce.contains(queued.session().id());
  }

  private void cutOrHeal(Client client) {
    if (random.nextBoolean()) {
      cluster.cut(client.name());
    } else {
      cluster.heal(client.name());
    }
  }

  /** In small steps, looking at the invariants after each. */
  private void advance(Duration duration) {
    long end = time.nanoTime() + duration.toNanos();
    while (time.nanoTime() < end) {
      time.advance(Duration.ofMillis(20));
      look();
    }
  }

  private void look() {
    List<LockGrant> held = new ArrayList<>();
    for (Wish wish : wishes) {
      wish.grant().ifPresent(grant -> noticeLoss(wish, grant));
      wish.grant().filter(LockGrant::isHeld).filter(this::mayBelieve).ifPresent(held::add);
    }
    if (held.size() > 1) {
      violations.add("two hold at " + time.nanoTime() + ": " + held);
    }
    for (LockGrant grant : held) {
      if (grant.token().compareTo(greatest) < 0) {
        violations.add("succeeded, but still thinks that it holds: " + grant);
      }
    }
  }

  private void granted(LockGrant grant) {
    grants++;
    if (!grant.isHeld()) {
      violations.add("given without proven life: " + grant);
    }
    if (grant.token().compareTo(greatest) > 0) {
      greatest = grant.token();
    } else if (mayBelieve(grant)) {
      violations.add(grant + " follows " + greatest);
    }
  }

  private void noticeLoss(Wish wish, LockGrant grant) {
    if (!wish.released && grant.state() == GrantState.LOST) {
      wish.released = true;
      lostGrants++;
    }
  }

  /** After the faults end, every waiter has its turn within a bound, and the queue is empty. */
  private void healAndFinish() {
    cluster.faults((client, message) -> Fate.after(Duration.ofMillis(random.nextInt(5))));
    clients.forEach(client -> cluster.heal(client.name()));
    clients.forEach(client -> client.backend().resume());
    Duration bound = SESSION.multipliedBy(4);
    long end = time.nanoTime() + bound.toNanos();
    while (time.nanoTime() < end && !finished()) {
      time.advance(Duration.ofMillis(20));
      look();
      releaseOne();
    }
    if (!finished()) {
      violations.add("not everyone had a turn within " + bound);
    }
    advance(SESSION.multipliedBy(2));
    Client witness = clients.get(0);
    CompletableFuture<List<QueuedOwner>> queue = new Locks(witness.coordinator()).queue("l");
    time.runUntil(queue::isDone, bound);
    if (!queue.isDone() || !queue.join().isEmpty()) {
      violations.add("left in the queue: " + queue);
    }
    if (clients.stream()
        .anyMatch(
            client ->
                client
                    .coordinator()
                    .current()
                    .map(s -> s.state() != SessionState.ACTIVE)
                    .orElse(true))) {
      violations.add("a client has no session after the faults ended");
    }
  }

  private boolean finished() {
    return wishes.stream()
        .allMatch(wish -> !wish.waits() && (wish.grant().isEmpty() || wish.released));
  }
}
