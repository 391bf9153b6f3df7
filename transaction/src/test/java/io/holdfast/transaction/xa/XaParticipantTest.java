package io.holdfast.transaction.xa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.transaction.Branch;
import io.holdfast.transaction.BranchId;
import io.holdfast.transaction.HeuristicException;
import io.holdfast.transaction.TransactionId;
import io.holdfast.transaction.Vote;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each answer of a resource means, also those that no resource at hand gives. */
@Timeout(60)
final class XaParticipantTest {

  private static final Duration WITHIN = Duration.ofSeconds(10);
  private static final BranchId BRANCH =
      new TransactionId("d0123456789a", "0~m1.1", 7, Optional.empty()).branch(3);

  private final Resource resource = new Resource();
  private XaParticipant<String> participant;

  /** One that answers as the test says; every connection has the same. Tests wait for each call. */
  private static final class Resource implements XAResource, XaConnection<String> {
    private final List<String> calls = new ArrayList<>();
    private final Set<Xid> prepared = new HashSet<>();
    private int vote = XA_OK;
    private int prepareFails;
    private int endFails;
    private String server = "one";
    private int closed;

    private static void fail(int code) throws XAException {
      if (code != 0) {
        throw new XAException(code);
      }
    }

    @Override
    public void start(Xid xid, int flags) {
      calls.add("start");
    }

    @Override
    public void end(Xid xid, int flags) {
      calls.add("end");
    }

    @Override
    public int prepare(Xid xid) throws XAException {
      calls.add("prepare");
      fail(prepareFails);
      if (vote == XA_OK) {
        prepared.add(xid);
      }
      return vote;
    }

    @Override
    public void commit(Xid xid, boolean onePhase) throws XAException {
      calls.add(onePhase ? "commit in one phase" : "commit");
      fail(endFails);
      prepared.remove(xid);
    }

    @Override
    public void rollback(Xid xid) throws XAException {
      calls.add("rollback");
      fail(endFails);
      prepared.remove(xid);
    }

    @Override
    public Xid[] recover(int flag) {
      calls.add("recover");
      assertThat(flag).isEqualTo(TMSTARTRSCAN | TMENDRSCAN);
      return prepared.toArray(Xid[]::new);
    }

    @Override
    public void forget(Xid xid) {
      calls.add("forget");
    }

    @Override
    public boolean isSameRM(XAResource other) {
      return other == this;
    }

    @Override
    public int getTransactionTimeout() {
      return 0;
    }

    @Override
    public boolean setTransactionTimeout(int seconds) {
      return false;
    }

    @Override
    public XAResource resource() {
      return this;
    }

    @Override
    public String session() {
      return "session";
    }

    @Override
    public String server() {
      return server;
    }

    @Override
    public void close() {
      closed++;
    }
  }

  @BeforeEach
  void open() throws XAException {
    participant = XaParticipant.open("queue", () -> resource, XaOptions.defaults());
    resource.calls.clear();
  }

  @AfterEach
  void close() {
    participant.close();
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private Vote prepare() throws Exception {
    Vote vote = get(participant.branch(session -> {}).prepare(BRANCH, WITHIN));
    resource.calls.clear();
    return vote;
  }

  private void commit() throws Exception {
    get(participant.commit(List.of(BRANCH)));
  }

  private void abort() throws Exception {
    get(participant.abort(List.of(BRANCH)));
  }

  @Test
  void branch_preparedAndCommitted_isListedMeanwhile() throws Exception {
    assertThat(prepare()).isEqualTo(Vote.PREPARED);
    assertThat(get(participant.inDoubt("d0123456789a"))).containsExactly(BRANCH);
    assertThat(get(participant.inDoubt("another"))).isEmpty();

    commit();

    assertThat(get(participant.inDoubt("d0123456789a"))).isEmpty();
  }

  @Test
  void branch_changedNothing_dropsOut() throws Exception {
    resource.vote = XAResource.XA_RDONLY;

    assertThat(prepare()).isEqualTo(Vote.READ_ONLY);
  }

  @Test
  void branch_workThrows_isRolledBackAndRefuses() throws Exception {
    Vote vote =
        get(
            participant
                .branch(
                    session -> {
                      throw new IllegalStateException("no money");
                    })
                .prepare(BRANCH, WITHIN));

    assertThat(((Vote.Refused) vote).reason()).isEqualTo("no money");
    assertThat(resource.calls).containsExactly("start", "end", "rollback");
  }

  @Test
  void branch_usedTwice_isRefused() throws Exception {
    Branch branch = participant.branch(session -> {});
    get(branch.commitAlone(WITHIN));

    assertThat(get(branch.commitAlone(WITHIN))).isInstanceOf(Vote.Refused.class);
  }

  @Test
  void prepare_rolledBack_refuses() throws Exception {
    resource.prepareFails = XAException.XA_RBDEADLOCK;

    assertThat(prepare()).isInstanceOf(Vote.Refused.class);
  }

  /** One driver says RMERR when its server is going down, with the branch prepared. */
  @ParameterizedTest
  @ValueSource(ints = {XAException.XAER_RMERR, XAException.XAER_RMFAIL, XAException.XAER_NOTA})
  void prepare_failsOtherwise_isNoVote(int code) {
    resource.prepareFails = code;

    assertThatThrownBy(this::prepare).hasCauseInstanceOf(XAException.class);
    assertThat(resource.closed).isPositive();
  }

  @Test
  void commit_ofNone_succeeds() throws Exception {
    resource.endFails = XAException.XAER_NOTA;

    commit();
    abort();
  }

  /** Another connection has it, and lets nobody else end it. */
  @Test
  void commit_unknownHereButListed_fails() throws Exception {
    prepare();
    resource.endFails = XAException.XAER_NOTA;

    assertThatThrownBy(this::commit).hasCauseInstanceOf(XAException.class);
    assertThatThrownBy(this::abort).hasCauseInstanceOf(XAException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {XAException.XAER_RMERR, XAException.XAER_RMFAIL, 0x7777})
  void commit_failsWithoutSayingWhat_fails(int code) throws Exception {
    prepare();
    resource.endFails = code;

    assertThatThrownBy(this::commit).hasCauseInstanceOf(XAException.class);
  }

  @Test
  void commit_resourceHasCommittedByItself_isForgottenThere() throws Exception {
    prepare();
    resource.endFails = XAException.XA_HEURCOM;

    commit();

    assertThat(resource.calls).containsExactly("commit", "forget");
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        XAException.XA_HEURRB,
        XAException.XA_HEURMIX,
        XAException.XA_HEURHAZ,
        XAException.XA_RBROLLBACK
      })
  void commit_resourceHasEndedItOtherwise_isToldAndNotForgotten(int code) throws Exception {
    prepare();
    resource.endFails = code;

    assertThatThrownBy(this::commit).hasCauseInstanceOf(HeuristicException.class);
    assertThat(resource.calls).doesNotContain("forget");
  }

  @Test
  void abort_resourceHasRolledBackByItself_isForgottenThere() throws Exception {
    prepare();
    resource.endFails = XAException.XA_HEURRB;

    abort();

    assertThat(resource.calls).containsExactly("rollback", "forget");
  }

  @ParameterizedTest
  @ValueSource(ints = {XAException.XA_HEURCOM, XAException.XA_HEURMIX, XAException.XA_HEURHAZ})
  void abort_resourceHasEndedItOtherwise_isTold(int code) throws Exception {
    prepare();
    resource.endFails = code;

    assertThatThrownBy(this::abort).hasCauseInstanceOf(HeuristicException.class);
  }

  /** A standby that took over, without what was prepared. */
  @Test
  void commit_serverWasReplacedByOneThatLacksIt_isTold() throws Exception {
    prepare();
    resource.prepared.clear();
    resource.server = "two";
    resource.endFails = XAException.XAER_NOTA;

    assertThatThrownBy(this::commit)
        .hasCauseInstanceOf(HeuristicException.class)
        .hasMessageContaining("lost");
    abort();
  }

  @Test
  void alone_replyLost_isNeverKnown() throws Exception {
    resource.endFails = XAException.XAER_RMFAIL;
    Branch branch = participant.branch(session -> {});

    assertThatThrownBy(() -> get(branch.commitAlone(WITHIN))).hasCauseInstanceOf(XAException.class);
    assertThat(get(branch.committedAlone())).isEmpty();
  }

  @Test
  void foreignBranches_areLeftAlone() throws Exception {
    resource.prepared.add(
        new Xid() {
          @Override
          public int getFormatId() {
            return 131_077;
          }

          @Override
          public byte[] getGlobalTransactionId() {
            return new byte[] {1};
          }

          @Override
          public byte[] getBranchQualifier() {
            return new byte[] {'0', ':'};
          }
        });

    assertThat(get(participant.inDoubt("d0123456789a"))).isEmpty();
  }

  @Test
  void name_ofAnyLengthThatFits_isReadAgain() {
    for (int length = 1; length < 80; length++) {
      TransactionId id =
          new TransactionId(
              "d0123456789a", "0~" + "m".repeat(length) + ".1", 7, Optional.of("ledger"));
      Optional<BranchXid> xid = BranchXid.of(id.branch(12));
      if (id.toString().length() <= Xid.MAXGTRIDSIZE + Xid.MAXBQUALSIZE - "12:".length()) {
        assertThat(xid.flatMap(BranchXid::parse)).contains(id.branch(12));
        assertThat(xid.orElseThrow().getGlobalTransactionId().length)
            .isLessThanOrEqualTo(Xid.MAXGTRIDSIZE);
        assertThat(xid.orElseThrow().getBranchQualifier().length)
            .isLessThanOrEqualTo(Xid.MAXBQUALSIZE);
      } else {
        assertThat(xid).isEmpty();
      }
    }
  }

  @Test
  void name_tooLong_refuses() throws Exception {
    TransactionId id =
        new TransactionId(
            "d0123456789a", "0~" + "m".repeat(80) + ".1", 7, Optional.of("l".repeat(60)));

    Vote vote = get(participant.branch(session -> {}).prepare(id.branch(0), WITHIN));

    assertThat(vote).isInstanceOf(Vote.Refused.class);
    assertThat(resource.calls).isEmpty();
  }
}
