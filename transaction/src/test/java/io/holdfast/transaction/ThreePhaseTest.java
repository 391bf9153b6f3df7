package io.holdfast.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.testkit.memory.MemoryBackend;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.testkit.memory.VirtualTime;
import io.holdfast.transaction.Outcome.Reason;
import io.holdfast.transaction.PhasedParticipant.Phase;
import io.holdfast.transaction.SimulatedDatabase.Kind;
import io.holdfast.transaction.SimulatedParticipant.Network;
import io.holdfast.transaction.ThreePhaseCommit.Termination;
import io.holdfast.transaction.TwoPhaseCommit.Abort;
import io.holdfast.transaction.TwoPhaseCommit.Acknowledge;
import io.holdfast.transaction.TwoPhaseCommit.Commit;
import io.holdfast.transaction.TwoPhaseCommit.Committed;
import io.holdfast.transaction.TwoPhaseCommit.Finish;
import io.holdfast.transaction.TwoPhaseCommit.PreCommit;
import io.holdfast.transaction.TwoPhaseCommit.Prepare;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three-phase commit as it is meant to go, and as it goes under a partition. */
@Timeout(120)
final class ThreePhaseTest {

  private static final int HISTORIES = 1_500;

  /** Looked at first: it has shown a split before. Others may show one, too. */
  private static final long TELLING = 909;

  /** Two databases, a cluster, and processes. */
  private static final class Scene {
    private final VirtualTime time = new VirtualTime(1);
    private final MemoryCluster cluster = MemoryCluster.on(time);
    private final SimulatedDatabase left = database("left");
    private final SimulatedDatabase right = database("right");

    private SimulatedDatabase database(String name) {
      return new SimulatedDatabase(
          name, time.newContext(), Kind.TRIES, new SimulatedBarrier(SimulatedBarrier.Mistake.NONE));
    }

    Client client(String name) {
      return new Client(this, name);
    }

    void run(Duration duration) {
      time.advance(duration);
    }

    void runUntil(BooleanSupplier condition) {
      assertThat(time.runUntil(condition, Duration.ofSeconds(1))).isTrue();
    }

    boolean allWait() {
      return left.hasPrepared() && right.hasPrepared();
    }

    boolean noneWaits() {
      return !left.hasPrepared() && !right.hasPrepared();
    }

    boolean oneIsPrecommitted() {
      return left.barrier().precommitted() + right.barrier().precommitted() == 1;
    }

    long committed() {
      return (left.balance() == 0 ? 0L : 1L) + (right.balance() == 0 ? 0L : 1L);
    }
  }

  /** One process, and what it does not reach. */
  private static final class Client {
    private final Set<String> cutFrom = new HashSet<>();
    private final MemoryBackend backend;
    private final List<SimulatedParticipant> participants = new ArrayList<>();
    private final Transactions transactions;

    Client(Scene scene, String name) {
      CoordinatorOptions connecting = CoordinatorOptions.defaults();
      backend = scene.cluster.client(name, connecting);
      Coordinator coordinator = Coordinator.start(backend, connecting, name);
      for (SimulatedDatabase database : List.of(scene.left, scene.right)) {
        participants.add(
            new SimulatedParticipant(
                database,
                backend.context(),
                new Random(1),
                () -> new Network(0, 0, 0, cutFrom.contains(database.name()))));
      }
      transactions =
          new Transactions(
              coordinator,
              TransactionOptions.defaults()
                  .withTimeout(Duration.ofSeconds(2))
                  .withSweep(Duration.ofMillis(200)),
              participants);
    }

    CommitAttempt transfer(DecisionPlace place) {
      DistributedTransaction transaction = transactions.begin().decidedIn(place);
      participants.forEach(each -> transaction.enlist(each.change(7)));
      return transaction.start();
    }
  }

  @Test
  void nothingFails_isCommittedInBoth() {
    Scene scene = new Scene();
    CommitAttempt attempt = scene.client("one").transfer(DecisionPlace.THREE_PHASES);
    scene.run(Duration.ofSeconds(5));

    assertThat(attempt.answer().join()).isInstanceOf(Outcome.Committed.class);
    assertThat(scene.committed()).isEqualTo(2);
    assertThat(scene.noneWaits()).isTrue();
  }

  @Test
  void coordinatorDies_allWait_othersAbort() {
    Scene scene = new Scene();
    Client doomed = scene.client("doomed");
    scene.client("other");
    doomed.transfer(DecisionPlace.THREE_PHASES);
    scene.runUntil(scene::allWait);
    doomed.backend.pause();
    scene.run(Duration.ofSeconds(10));

    assertThat(scene.noneWaits()).isTrue();
    assertThat(scene.committed()).isZero();
  }

  @Test
  void coordinatorDies_oneIsPrecommitted_othersCommit() {
    Scene scene = new Scene();
    Client doomed = scene.client("doomed");
    scene.client("other");
    doomed.transfer(DecisionPlace.THREE_PHASES);
    scene.runUntil(scene::oneIsPrecommitted);
    doomed.backend.pause();
    scene.run(Duration.ofSeconds(10));

    assertThat(scene.committed()).isEqualTo(2);
  }

  /**
   * The coordinator halts, and at that moment the network falls apart: what is under way to one
   * participant is lost, and each of two other processes reaches one of them.
   *
   * @param partition when; null for when the first of the two has heard that all have prepared
   * @return when it was
   */
  private static long partition(Scene scene, DecisionPlace place, @Nullable Long partition) {
    Client doomed = scene.client("doomed");
    Client onTheLeft = scene.client("on the left");
    Client onTheRight = scene.client("on the right");
    doomed.transfer(place);
    if (partition == null) {
      scene.runUntil(scene::oneIsPrecommitted);
    } else {
      scene.run(Duration.ofNanos(partition));
    }
    final long moment = scene.time.nanoTime();
    doomed.backend.pause();
    onTheLeft.cutFrom.add("right");
    onTheRight.cutFrom.add("left");
    SimulatedDatabase away = scene.left.barrier().precommitted() == 1 ? scene.right : scene.left;
    away.down(true);
    scene.run(Duration.ofMillis(100));
    away.down(false);
    scene.run(Duration.ofSeconds(60));
    return moment;
  }

  /** This is why it must not be used for money. */
  @Test
  void partition_inThreePhases_commitsOnOneSideAndAbortsOnTheOther() {
    Scene scene = new Scene();
    partition(scene, DecisionPlace.THREE_PHASES, null);

    assertThat(scene.noneWaits()).isTrue();
    assertThat(scene.committed()).isEqualTo(1);
  }

  /** The very same faults at the very same moment. */
  @Test
  void partition_inTwoPhases_endsAlikeOnBothSides() {
    long moment = partition(new Scene(), DecisionPlace.THREE_PHASES, null);
    Scene scene = new Scene();
    partition(scene, DecisionPlace.CLUSTER, moment);

    assertThat(scene.noneWaits()).isTrue();
    assertThat(scene.committed()).isIn(0L, 2L);
  }

  @Test
  void randomHistories_inThreePhases_breakThePromiseThatTwoKeep() {
    LongStream seeds =
        LongStream.concat(LongStream.of(TELLING), LongStream.rangeClosed(1, HISTORIES));
    assertThat(seeds.anyMatch(this::splits)).isTrue();
  }

  private boolean splits(long seed) {
    CommitHistory history =
        new CommitHistory(
            seed,
            CommitRules.SOUND,
            SimulatedBarrier.Mistake.NONE,
            List.of(DecisionPlace.THREE_PHASES));
    history.run();
    return history.violations().stream()
        .anyMatch(each -> each.endsWith("a branch has committed while another aborted"));
  }

  @Test
  void coordinator_eachTimeOut_goesOnByItself() {
    ThreePhaseCommit waiting = new ThreePhaseCommit(2);
    assertThat(waiting.start()).containsExactly(new Prepare(0), new Prepare(1));
    assertThat(waiting.voted(0, Vote.PREPARED)).isEmpty();
    assertThat(waiting.giveUp(Reason.TIMED_OUT)).contains(new Abort(0)).hasSize(2);
    assertThat(waiting.voted(1, Vote.PREPARED)).containsExactly(new Abort(1));
    waiting.ended(0);
    assertThat(waiting.ended(1)).containsExactly(new Finish(false));

    ThreePhaseCommit noting = new ThreePhaseCommit(2);
    noting.start();
    noting.voted(0, Vote.PREPARED);
    assertThat(noting.voted(1, Vote.PREPARED)).containsExactly(new PreCommit(0), new PreCommit(1));
    assertThat(noting.preCommitted(0)).isEmpty();
    assertThat(noting.giveUp(Reason.TIMED_OUT))
        .containsExactly(new Acknowledge(new Committed()), new Commit(0), new Commit(1));
  }

  @Test
  void termination_whatIsReached_decides() {
    assertThat(ThreePhaseCommit.terminate(List.of(Phase.WAITING, Phase.COMMITTED)))
        .isEqualTo(Termination.COMMIT);
    assertThat(ThreePhaseCommit.terminate(List.of(Phase.WAITING, Phase.NONE)))
        .isEqualTo(Termination.ABORT);
    assertThat(ThreePhaseCommit.terminate(List.of(Phase.PRECOMMITTED, Phase.ABORTED)))
        .isEqualTo(Termination.ABORT);
    assertThat(ThreePhaseCommit.terminate(List.of(Phase.WAITING, Phase.PRECOMMITTED)))
        .isEqualTo(Termination.PRECOMMIT_AND_COMMIT);
    assertThat(ThreePhaseCommit.terminate(List.of(Phase.WAITING, Phase.WAITING)))
        .isEqualTo(Termination.ABORT);
  }
}
