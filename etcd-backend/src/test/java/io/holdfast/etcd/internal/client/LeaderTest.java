package io.holdfast.etcd.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.Response;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.impl.AbstractResponse;
import io.grpc.Status;
import io.holdfast.testkit.memory.VirtualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LeaderTest {

  private static final String A = "a:2379";
  private static final String B = "b:2379";
  private static final long OF_A = 17;
  private static final long OF_B = -5;

  private final VirtualTime time = new VirtualTime(1);
  private final List<String> asked = new ArrayList<>();
  private final Deque<CompletableFuture<Leader.Told>> open = new ArrayDeque<>();
  private final Leader leader = new Leader(time.newContext(), this::ask);

  private CompletableFuture<Leader.Told> ask(String host) {
    asked.add(host);
    open.add(new CompletableFuture<>());
    return open.getLast();
  }

  private void answered(String host, long term) {
    leader.answered(host, header(host.equals(A) ? OF_A : OF_B, term));
  }

  private static Response.Header header(long member, long term) {
    ResponseHeader header =
        ResponseHeader.newBuilder().setMemberId(member).setRaftTerm(term).build();
    return new AbstractResponse<>(PutResponse.getDefaultInstance(), header).getHeader();
  }

  private void told(long member, long term) {
    open.remove().complete(new Leader.Told(member, term));
  }

  private void failed(Status status) {
    open.remove().completeExceptionally(status.asRuntimeException());
  }

  private void knowsB() {
    answered(A, 2);
    told(OF_B, 2);
    answered(B, 2);
  }

  @Test
  void isAt_beforeAnyAnswer_isNowhere() {
    assertThat(leader.isAt(A)).isFalse();
    assertThat(asked).isEmpty();
  }

  @Test
  void answered_first_asksWhoAnswered() {
    answered(A, 2);
    answered(B, 2);

    assertThat(asked).containsExactly(A);
    assertThat(leader.isAt(B)).isFalse();
    told(OF_B, 2);
    assertThat(leader.isAt(B)).isTrue();
    assertThat(leader.isAt(A)).isFalse();
  }

  @Test
  void answered_leaderToldBeforeItEverAnswered_isKnownByItsFirstAnswer() {
    answered(A, 2);
    told(OF_B, 2);
    assertThat(leader.isAt(B)).isFalse();

    answered(B, 2);

    assertThat(leader.isAt(B)).isTrue();
  }

  @Test
  void answered_sameTerm_asksNoMore() {
    knowsB();
    time.advance(Leader.LONGEST_PAUSE);
    answered(A, 2);
    answered(B, 2);

    assertThat(asked).hasSize(1);
  }

  @Test
  void answered_otherTerm_asksAgainAndTheOldLeaderIsUsedTillThen() {
    knowsB();
    time.advance(Leader.FIRST_PAUSE);
    answered(A, 3);

    assertThat(leader.isAt(B)).isTrue();
    told(OF_A, 3);
    assertThat(leader.isAt(A)).isTrue();
    assertThat(leader.isAt(B)).isFalse();
  }

  /** As after a backup was put back. */
  @Test
  void answered_earlierTerm_asksAgain() {
    knowsB();
    time.advance(Leader.FIRST_PAUSE);
    answered(A, 1);

    assertThat(asked).hasSize(2);
  }

  @Test
  void answered_termsComeAndGo_asksOnceInAPauseOnly() {
    knowsB();
    for (int term = 3; term < 100; term++) {
      answered(A, term);
    }
    assertThat(asked).hasSize(1);
    time.advance(Leader.FIRST_PAUSE);
    answered(A, 100);
    answered(A, 101);

    assertThat(asked).hasSize(2);
  }

  @Test
  void told_nobodyLeads_isAskedAgain() {
    answered(A, 2);
    told(0, 2);
    answered(A, 2);
    assertThat(asked).hasSize(1);

    time.advance(Leader.FIRST_PAUSE);
    answered(A, 2);

    assertThat(asked).hasSize(2);
    assertThat(leader.isAt(A)).isFalse();
  }

  @Test
  void failed_noAnswer_isAskedAgainMoreAndMoreSeldom() {
    answered(A, 2);
    Duration pause = Leader.FIRST_PAUSE;
    for (int i = 1; i < 10; i++) {
      failed(Status.UNAVAILABLE);
      pause = Backoff.next(pause, Leader.LONGEST_PAUSE);
      time.advance(pause.minusNanos(1));
      answered(A, 2);
      assertThat(asked).hasSize(i);
      time.advance(Duration.ofNanos(1));
      answered(A, 2);
      assertThat(asked).hasSize(i + 1);
    }
    assertThat(pause).isEqualTo(Leader.LONGEST_PAUSE);
  }

  @Test
  void failed_weAreNotToKnow_isAskedAgainInTheNextTermOnly() {
    answered(A, 2);
    failed(Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied"));
    time.advance(Leader.LONGEST_PAUSE);
    answered(A, 2);
    assertThat(asked).hasSize(1);

    answered(A, 3);

    assertThat(asked).hasSize(2);
  }
}
