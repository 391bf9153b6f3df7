package io.holdfast.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.admin.LockQueues;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.LossReason;
import io.holdfast.coordination.Owner;
import io.holdfast.election.Election;
import io.holdfast.election.ElectionWatch;
import io.holdfast.election.Elections;
import io.holdfast.election.Leader;
import io.holdfast.election.Leadership;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockLostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** One leads, the others wait, and who watches sees terms that only grow. */
public abstract class ElectionContract extends TwoClients {

  private static Election office(Coordinator coordinator) {
    return new Elections(coordinator).election("billing");
  }

  private void awaitCandidates(int count) {
    await()
        .atMost(PATIENCE)
        .until(() -> get(new Elections(second).candidates("billing")).size() == count);
  }

  @Test
  void campaign_first_leadsUntilItResigns() throws InterruptedException {
    Leadership leader = office(first).campaign();
    CompletableFuture<Leadership> next = office(second).campaignAsync();
    awaitCandidates(2);
    assertThat(leader.isLeader()).isTrue();
    assertThat(next).isNotDone();
    assertThat(get(new Elections(second).names())).contains("billing");
    assertThat(get(new LockQueues(second).names())).doesNotContain("billing");

    get(leader.resign());

    Leadership successor = get(next);
    assertThat(successor.term()).isGreaterThan(leader.term());
    assertThat(leader.isLeader()).isFalse();
    assertThatThrownBy(leader::ensureLeader).isInstanceOf(LockLostException.class);
    assertThat(get(office(first).leader()).orElseThrow().term()).isEqualTo(successor.term());
    successor.close();
    assertThat(get(office(first).leader())).isEmpty();
  }

  @Test
  void campaign_withdrawn_leavesNoCandidate() throws InterruptedException {
    try (Leadership leader = office(first).campaign()) {
      assertThat(office(second).campaign(Duration.ofMillis(50))).isEmpty();
      office(second).campaignAsync().cancel(true);
      awaitCandidates(1);
      assertThat(leader.isLeader()).isTrue();
    }
  }

  @Test
  void leader_crashes_isLostAndTheNextLeads() throws InterruptedException {
    Leadership doomed = office(first).campaign();
    CompletableFuture<LossReason> lost = doomed.lost().toCompletableFuture();
    CompletableFuture<Leadership> next = office(second).campaignAsync();
    awaitCandidates(2);

    crash(first);

    Leadership successor = get(next);
    assertThat(get(lost)).isEqualTo(LossReason.CLOSED);
    assertThat(doomed.isLeader()).isFalse();
    assertThat(successor.term()).isGreaterThan(doomed.term());
    successor.close();
  }

  @Test
  void observe_changes_toldInOrderUntilClosed() throws InterruptedException {
    List<Optional<Leader>> seen = new CopyOnWriteArrayList<>();
    ElectionWatch observation = office(second).observe(seen::add);
    awaitLast(seen, Optional.empty());

    Leadership one = office(first).campaign();
    awaitLast(seen, Optional.of(one.term()));
    assertThat(seen.get(seen.size() - 1).orElseThrow().owner().map(Owner::name)).contains("first");
    one.close();
    Leadership two = office(second).campaign();
    awaitLast(seen, Optional.of(two.term()));
    observation.close();
    two.close();
    List<FencingToken> terms = seen.stream().flatMap(Optional::stream).map(Leader::term).toList();
    assertThat(terms).isSorted();

    int told = seen.size();
    Leadership three = office(first).campaign();
    assertThat(get(office(second).leader()).orElseThrow().term()).isEqualTo(three.term());
    assertThat(seen).hasSize(told);
    three.close();
  }

  @Test
  void observe_ownSessionLost_goesOnInTheNext() throws InterruptedException {
    List<Optional<Leader>> seen = new CopyOnWriteArrayList<>();
    try (ElectionWatch observation = office(second).observe(seen::add)) {
      awaitLast(seen, Optional.empty());
      crash(second);
      Leadership leader = office(first).campaign();
      awaitLast(seen, Optional.of(leader.term()));
      leader.close();
    }
  }

  private static void awaitLast(List<Optional<Leader>> seen, Optional<FencingToken> term) {
    await()
        .atMost(PATIENCE)
        .until(() -> !seen.isEmpty() && seen.get(seen.size() - 1).map(Leader::term).equals(term));
  }

  @Test
  void proclaim_byTheLeader_isSeenAndKeepsTheTerm() throws InterruptedException {
    Leadership leader = office(first).campaign();
    CompletableFuture<Leadership> next = office(second).campaignAsync();
    awaitCandidates(2);

    get(leader.proclaim("serving since 9 & counting"));

    Leader shown = get(office(second).leader()).orElseThrow();
    assertThat(shown.proclaimed()).contains("serving since 9 & counting");
    assertThat(shown.term()).isEqualTo(leader.term());
    assertThat(leader.isLeader()).isTrue();
    assertThat(next).isNotDone();
    leader.close();
    Leadership successor = get(next);
    assertThatThrownBy(() -> get(leader.proclaim("still here")))
        .hasRootCauseInstanceOf(LockLostException.class);
    assertThat(get(office(first).leader()).orElseThrow().proclaimed()).isEmpty();
    successor.close();
  }
}
