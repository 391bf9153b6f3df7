package io.holdfast.transaction;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Key;
import io.holdfast.spi.Consistency;
import io.holdfast.spi.Session;
import io.holdfast.testkit.memory.Faults;
import io.holdfast.testkit.memory.Faults.Fate;
import io.holdfast.testkit.memory.MemoryBackend;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.testkit.memory.VirtualTime;
import io.holdfast.transaction.Outcome.Reason;
import io.holdfast.transaction.SimulatedDatabase.Kind;
import io.holdfast.transaction.SimulatedParticipant.Network;
import io.holdfast.transaction.TwoPhaseCommit.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * One random history of three coordinators and three databases on virtual time, made from a seed:
 * the very code that runs in production, on a cluster and databases in memory, with every message
 * lost, late or delivered twice as the seed has it.
 */
final class CommitHistory {

  private static final Duration SESSION = Duration.ofSeconds(3);
  private static final Duration SWEEP = Duration.ofMillis(500);

  /** Those who wait in three phases do so for no longer. */
  private static final Duration SHORT_PATIENCE = Duration.ofMillis(300);

  /** From when all faults are over until nothing is in doubt: the promise is session and 2 s. */
  private static final Duration BOUND = SESSION.plusSeconds(2);

  /** The first numbers of a {@link Random} hardly differ between neighbouring seeds. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private static final int CLIENTS = 3;
  private static final int DATABASES = 3;
  private static final int STEPS = 70;

  private final List<DecisionPlace> places;
  private final Random random;
  private final VirtualTime time;
  private final MemoryCluster cluster;
  private final CommitRules rules;
  private final TransactionOptions options;
  private final List<SimulatedDatabase> databases = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();

  /** By database. */
  private final List<Client> owners = new ArrayList<>();

  private final List<Transfer> transfers = new ArrayList<>();

  /** What operators were told. */
  private final Map<TransactionId, Finding> told = new HashMap<>();

  private final TreeSet<String> violations = new TreeSet<>();
  private boolean faulty = true;
  private int started;

  /** One process. */
  private final class Client {
    private final String name = "client-" + started++;
    private final MemoryBackend backend;
    private final Coordinator coordinator;
    private final List<SimulatedParticipant> participants = new ArrayList<>();
    private final Transactions transactions;
    private boolean cut;
    private final Set<String> cutFrom = new HashSet<>();
    private boolean dead;

    Client() {
      CoordinatorOptions connecting =
          CoordinatorOptions.defaults()
              .withSessionTimeout(SESSION)
              .withRequestTimeout(Duration.ofMillis(700));
      backend = cluster.client(name, connecting);
      coordinator = Coordinator.start(backend, connecting, name);
      for (SimulatedDatabase database : databases) {
        participants.add(
            SimulatedParticipant.at(
                database, backend.context(), random, () -> network(database.name())));
      }
      transactions = new Transactions(coordinator, options, participants, rules);
    }

    private Network network(String database) {
      return faulty
          ? new Network(lossPercent, latePercent, 5, dead || cutFrom.contains(database))
          : new Network(0, 0, 0, dead);
    }
  }

  /** A transaction, what it should do, and what its caller has heard. */
  private record Transfer(
      Client client, List<SimulatedDatabase> written, CommitAttempt attempt, boolean alone) {}

  private final int lossPercent;
  private final int latePercent;

  CommitHistory(long seed, CommitRules rules) {
    this(seed, rules, SimulatedBarrier.Mistake.NONE);
  }

  CommitHistory(long seed, CommitRules rules, SimulatedBarrier.Mistake barrier) {
    this(
        seed,
        rules,
        barrier,
        List.of(
            DecisionPlace.CLUSTER,
            DecisionPlace.CLUSTER,
            DecisionPlace.LAST_BRANCH,
            DecisionPlace.LAST_BRANCH,
            DecisionPlace.ALL_BRANCHES));
  }

  /** {@code places} are drawn from for each transaction. */
  CommitHistory(
      long seed, CommitRules rules, SimulatedBarrier.Mistake barrier, List<DecisionPlace> places) {
    this.places = places;
    this.rules = rules;
    random = new Random(seed * SPREAD);
    time = new VirtualTime(seed);
    cluster = MemoryCluster.on(time);
    lossPercent = random.nextInt(10);
    latePercent = random.nextInt(8);
    options =
        new TransactionOptions(
            places.contains(DecisionPlace.THREE_PHASES) ? SHORT_PATIENCE : Duration.ofSeconds(2),
            SWEEP,
            random.nextBoolean() ? Duration.ofNanos(1) : Duration.ofMinutes(10));
    for (int i = 0; i < DATABASES; i++) {
      databases.add(
          new SimulatedDatabase(
              "db-" + i, time.newContext(), kind(), new SimulatedBarrier(barrier)));
    }
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new Client());
    }
    if (places.contains(DecisionPlace.THREE_PHASES)) {
      // Each reaches others, which is what that cannot bear.
      for (int i = 0; i < CLIENTS; i++) {
        clients.get(i).cutFrom.add(databases.get(i % DATABASES).name());
      }
    }
    for (int i = 0; i < DATABASES; i++) {
      owners.add(clients.get(0));
      handOver(i);
    }
  }

  private Kind kind() {
    return switch (random.nextInt(5)) {
      case 0 -> Kind.TRIES;
      case 1 -> places.contains(DecisionPlace.THREE_PHASES) ? Kind.TRIES : Kind.OWNED;
      default -> Kind.PREPARES;
    };
  }

  /** Another process has the lock of a database from now on, or the same once more. */
  private void handOver(int database) {
    Client next = clients.get(random.nextInt(CLIENTS));
    next.participants.get(database).own();
    owners.set(database, next);
  }

  void run() {
    cluster.faults(
        (client, message) ->
            random.nextInt(100) < lossPercent
                ? Fate.LOST
                : Fate.after(Duration.ofMillis(random.nextInt(40))));
    time.advance(Duration.ofMillis(300));
    for (int step = 0; step < STEPS; step++) {
      act(clients.get(random.nextInt(CLIENTS)));
      time.advance(Duration.ofMillis(random.nextInt(160)));
      check();
    }
    heal();
    expectNothingInDoubt();
    check();
    finish();
  }

  private void act(Client client) {
    switch (random.nextInt(30)) {
      case 0 -> client.backend.pause();
      case 1, 2, 14 -> clients.forEach(each -> each.backend.resume());
      case 3 -> cutOrHeal(client);
      case 4 -> cutOrHealDatabase(client);
      case 5 -> crash(client);
      case 6 -> client.coordinator.current().map(Session::id).ifPresent(cluster::expire);
      case 7 -> databases.get(random.nextInt(DATABASES)).down(true);
      case 8, 13 -> databases.forEach(database -> database.down(false));
      case 9 -> cancelOne();
      case 16 -> handOver(random.nextInt(DATABASES));
      case 10, 15 -> closeByHand(client);
      case 11, 12 -> abortByHand(client);
      default -> transfer(client);
    }
  }

  private void transfer(Client client) {
    int branches = random.nextInt(12) == 0 ? 1 : 2 + random.nextInt(2);
    List<SimulatedParticipant> chosen = new ArrayList<>(client.participants);
    Collections.shuffle(chosen, random);
    List<SimulatedDatabase> written = new ArrayList<>();
    DecisionPlace place = places.get(random.nextInt(places.size()));
    DistributedTransaction transaction = client.transactions.begin();
    for (int i = 0; i < branches; i++) {
      SimulatedParticipant at = chosen.get(i);
      int kind = random.nextInt(20);
      if (i == 2 && kind < 10 && place == DecisionPlace.CLUSTER) {
        transaction.enlist(at.look());
      } else if (kind == 0) {
        transaction.enlist(at.impossible());
      } else {
        int amount = branches == 1 || i == 2 ? 0 : i == 0 ? -7 : 7;
        transaction.enlist(at.change(amount));
        written.add(at.database());
      }
    }
    boolean owned = written.stream().anyMatch(SimulatedDatabase::isOwned);
    transaction.decidedIn(
        owned && place == DecisionPlace.ALL_BRANCHES ? DecisionPlace.CLUSTER : place);
    transfers.add(new Transfer(client, written, transaction.start(), branches == 1));
  }

  private void cutOrHeal(Client client) {
    client.cut = !client.cut;
    if (client.cut) {
      cluster.cut(client.name);
    } else {
      cluster.heal(client.name);
    }
  }

  private void cutOrHealDatabase(Client client) {
    String database = databases.get(random.nextInt(DATABASES)).name();
    if (!client.cutFrom.remove(database)) {
      client.cutFrom.add(database);
    }
  }

  /** The process is gone; what it has sent may still arrive. Another takes its place. */
  private void crash(Client client) {
    client.dead = true;
    cluster.cut(client.name);
    client.backend.pause();
    clients.remove(client);
    clients.add(new Client());
    for (int i = 0; i < DATABASES; i++) {
      if (owners.get(i) == client) {
        handOver(i);
      }
    }
  }

  private void cancelOne() {
    if (!transfers.isEmpty()) {
      Transfer chosen = transfers.get(transfers.size() - 1);
      chosen.client.backend.context().execute(() -> chosen.attempt.giveUp(Reason.CANCELLED));
    }
  }

  /** As an operator would who knows that a process hangs: its epoch is closed under it. */
  private void closeByHand(Client client) {
    Client other = clients.get(random.nextInt(CLIENTS));
    idOfOne(other)
        .flatMap(id -> Epoch.parse(id.epoch()))
        .ifPresent(
            epoch ->
                client
                    .coordinator
                    .current()
                    .ifPresent(
                        session ->
                            Decisions.close(
                                session,
                                epoch,
                                client.coordinator.options().owner().encode(),
                                List.of())));
  }

  private void abortByHand(Client client) {
    Client other = clients.get(random.nextInt(CLIENTS));
    Optional<TransactionId> id = idOfOne(other);
    if (id.isPresent() && client.coordinator.current().isPresent()) {
      Optional<DecidingParticipant> decider =
          client.participants.stream()
              .filter(each -> id.get().decider().equals(Optional.of(each.name())))
              .map(DecidingParticipant.class::cast)
              .findFirst();
      Map<String, Participant> known = new HashMap<>();
      client.participants.forEach(each -> known.put(each.name(), each));
      (Voters.of(id.get()).isPresent()
              ? new AllBranches(client.coordinator, known).find(id.get())
              : new Decisions(client.coordinator, CommitRules.SOUND)
                  .find(id.get(), decider, "an operator said so"))
          .thenAccept(
              found -> {
                if (found != Finding.FORGOTTEN) {
                  told.put(id.get(), found);
                }
              });
    }
  }

  private Optional<TransactionId> idOfOne(Client client) {
    for (int i = transfers.size() - 1; i >= 0; i--) {
      Transfer each = transfers.get(i);
      if (each.client == client && !each.attempt.answer().isDone()) {
        return each.attempt.id();
      }
    }
    return Optional.empty();
  }

  private void heal() {
    faulty = false;
    cluster.faults(Faults.NONE);
    for (Client client : clients) {
      client.backend.resume();
      client.cutFrom.clear();
      cluster.heal(client.name);
    }
    databases.forEach(database -> database.down(false));
  }

  private void expectNothingInDoubt() {
    // What was sent before may still be under way; only then the faults are over.
    time.advance(Duration.ofMillis(SimulatedParticipant.LATEST_MILLIS));
    boolean settled =
        time.runUntil(
            () -> databases.stream().noneMatch(SimulatedDatabase::hasPrepared) && allKnown(),
            BOUND);
    if (!settled) {
      databases.forEach(
          database -> {
            if (database.hasPrepared()) {
              violations.add("still in doubt at " + database.name() + ": " + database.prepared());
            }
          });
      if (!allKnown()) {
        violations.add("a caller does not know");
      }
    }
  }

  private boolean allKnown() {
    return transfers.stream()
        .filter(each -> !each.client.dead)
        .allMatch(each -> each.attempt.known().isDone());
  }

  private void check() {
    databases.forEach(database -> violations.addAll(database.barrier().complaints()));
    for (Transfer each : transfers) {
      Optional<TransactionId> id = each.attempt.id();
      if (id.isPresent()) {
        check(each, id.get());
      }
    }
  }

  private void check(Transfer transfer, TransactionId id) {
    int committed = databases.stream().mapToInt(database -> database.committed(id)).sum();
    int aborted = databases.stream().mapToInt(database -> database.aborted(id)).sum();
    if (committed > 0 && aborted > 0) {
      violations.add(id + ": a branch has committed while another aborted");
    }
    if (committed > transfer.written.size()) {
      violations.add(id + ": a branch has committed twice");
    }
    Finding finding = told.get(id);
    if (finding == Finding.ABORTED && committed > 0) {
      violations.add(id + ": an operator was told that it is aborted, and it is committed");
    }
    if (finding == Finding.COMMITTED && aborted > 0) {
      violations.add(id + ": an operator was told that it is committed, and it is aborted");
    }
    Outcome heard = heard(transfer);
    if (heard instanceof Outcome.Aborted && committed > 0) {
      violations.add(id + ": acknowledged as aborted, and committed");
    }
    if (heard instanceof Outcome.Committed && aborted > 0) {
      violations.add(id + ": acknowledged as committed, and aborted");
    }
    if (heard instanceof Outcome.Committed && !faulty && committed < transfer.written.size()) {
      boolean left =
          databases.stream()
              .anyMatch(
                  database ->
                      database.prepared().stream()
                          .anyMatch(branch -> branch.transaction().equals(id)));
      if (!left) {
        violations.add(id + ": acknowledged as committed, and a branch is not there");
      }
    }
  }

  /** The last word to the caller, if there was one. */
  private static Outcome heard(Transfer transfer) {
    CompletableFuture<Outcome> known = transfer.attempt.known();
    if (known.isDone() && !known.isCompletedExceptionally()) {
      return known.join();
    }
    return transfer.attempt.answer().getNow(new Outcome.Unknown(known));
  }

  /** At rest: the money is all there, and the store does not fill up. */
  private void finish() {
    long total = databases.stream().mapToLong(SimulatedDatabase::balance).sum();
    if (total != 0) {
      violations.add("the balances come to " + total);
    }
    if (random.nextInt(4) > 0) {
      return;
    }
    time.advance(SESSION.plus(SWEEP.multipliedBy(70)));
    Client witness = clients.get(0);
    Session session = witness.coordinator.current().orElseThrow();
    List<String> open = now(session.names(Epoch.OPEN, Consistency.LINEARIZABLE));
    if (open.size() > CLIENTS) {
      violations.add("epochs stay open: " + open);
    }
    List<String> closed = now(session.names(Epoch.CLOSED, Consistency.LINEARIZABLE));
    boolean forgets = options.retention().toNanos() == 1;
    if (forgets && !closed.isEmpty()) {
      violations.add("epochs are not forgotten: " + closed);
    }
    for (SimulatedDatabase database : databases) {
      List<String> left =
          database.epochs().stream()
              .filter(epoch -> !open.contains(epoch) && !closed.contains(epoch))
              .toList();
      if (!left.isEmpty()) {
        violations.add(database.name() + " does not forget epochs: " + left);
      }
      List<String> remembered =
          database.barrier().epochs().stream()
              .filter(
                  epoch ->
                      open.contains(epoch)
                          ? database.barrier().needless(epoch) > 0
                          : !closed.contains(epoch))
              .toList();
      if (!remembered.isEmpty()) {
        violations.add(database.name() + " does not forget what has ended: " + remembered);
      }
    }
    for (String epoch : now(session.names(Epoch.DECISIONS, Consistency.LINEARIZABLE))) {
      Key directory = Epoch.DECISIONS.child(epoch);
      List<String> left =
          now(session.names(directory, Consistency.LINEARIZABLE)).stream()
              .filter(each -> !open.contains(epoch) || !each.equals("" + Epoch.ANNOUNCEMENT))
              .toList();
      if (!closed.contains(epoch) && !left.isEmpty()) {
        violations.add("decisions pile up: " + epoch + " " + left);
      }
    }
  }

  private <T> T now(CompletableFuture<T> future) {
    time.runUntil(future::isDone, Duration.ofSeconds(5));
    return future.join();
  }

  List<String> violations() {
    return List.copyOf(violations);
  }

  long count(Class<? extends Outcome> kind) {
    return transfers.stream().filter(each -> kind.isInstance(heard(each))).count();
  }

  /** Answers that were unknown at first. */
  long unknownAtFirst() {
    return transfers.stream()
        .map(each -> each.attempt.answer())
        .filter(answer -> answer.isDone() && answer.join() instanceof Outcome.Unknown)
        .count();
  }

  /** Committed in the end although the process that began it was gone. */
  long finishedByOthers() {
    return transfers.stream()
        .filter(each -> each.client.dead && !each.alone)
        .filter(
            each ->
                each.attempt
                    .id()
                    .filter(
                        id -> databases.stream().anyMatch(database -> database.committed(id) > 0))
                    .isPresent())
        .count();
  }
}
