package io.holdfast.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.admin.AuditTrail;
import io.holdfast.admin.Generations;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.CoordinatorOptions;
import io.holdfast.coordination.Generation;
import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Transaction;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.Session;
import io.holdfast.testkit.memory.MemoryCluster;
import io.holdfast.transaction.PendingTransaction.PreparedBranch;
import io.holdfast.transaction.PendingTransaction.State;
import io.holdfast.transaction.TransactionInspection.Ending;
import io.holdfast.transaction.TransactionInspection.Seen;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class TransactionInspectionTest {

  private static final CoordinatorOptions OPTIONS =
      CoordinatorOptions.defaults()
          .withSessionTimeout(Duration.ofSeconds(3))
          .withOwner(Owner.thisProcess("orders"));

  private final MemoryCluster cluster = MemoryCluster.onRealTime();
  private final Coordinator operator =
      Coordinator.connect(cluster.client("operator", OPTIONS), OPTIONS, "operator");
  private final Shelf accounts = new Shelf("accounts");
  private final Shelf ledger = new Shelf("ledger");
  private final TransactionInspection inspection =
      new TransactionInspection(operator, List.of(accounts, ledger));

  @AfterEach
  void close() {
    operator.close();
    cluster.close();
  }

  /** Where branches lie. */
  private static final class Shelf implements Participant {
    private final String name;
    private final Set<BranchId> prepared = ConcurrentHashMap.newKeySet();
    private final Map<BranchId, String> ended = new ConcurrentHashMap<>();
    private volatile boolean away;

    Shelf(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    private CompletionStage<Void> end(List<BranchId> branches, String how) {
      if (away) {
        return CompletableFuture.failedFuture(new UnavailableException("away"));
      }
      for (BranchId each : branches) {
        if (prepared.remove(each)) {
          ended.put(each, how);
        }
      }
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> commit(List<BranchId> branches) {
      return end(branches, "commit");
    }

    @Override
    public CompletionStage<Void> abort(List<BranchId> branches) {
      return end(branches, "abort");
    }

    @Override
    public CompletionStage<List<BranchId>> inDoubt(String domain) {
      return away
          ? CompletableFuture.failedFuture(new UnavailableException("away"))
          : CompletableFuture.completedFuture(List.copyOf(prepared));
    }
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private Session session() throws Exception {
    return get(operator.session());
  }

  private String domain() throws Exception {
    return get(new Epochs(operator).domain(session()));
  }

  private int generation() throws Exception {
    return get(new Generations(operator).current()).number();
  }

  private Epoch ofDeadSession(int generation) {
    return new Epoch(generation, "gone", 1);
  }

  private void open(Epoch epoch) throws Exception {
    get(session().commit(Transaction.EMPTY.put(epoch.openKey(), OPTIONS.owner().encode())));
  }

  private void put(Epoch epoch, long sequence, Decision decision) throws Exception {
    get(session().commit(Transaction.EMPTY.put(epoch.decision(sequence), decision.encode())));
  }

  private TransactionId prepared(Epoch epoch, Shelf... at) throws Exception {
    TransactionId id = new TransactionId(domain(), epoch.name(), 1, Optional.empty());
    for (int i = 0; i < at.length; i++) {
      at[i].prepared.add(id.branch(i));
    }
    return id;
  }

  private PendingTransaction look(TransactionId id) throws Exception {
    return get(inspection.look()).find(id).orElseThrow();
  }

  private void assertRefused(TransactionId id, Ending ending) {
    assertThatThrownBy(() -> get(inspection.resolve(id, ending, "")))
        .hasCauseInstanceOf(ResolutionRefusedException.class);
  }

  @Test
  void epochOfALiveSession_isRunningAndLeftAlone() throws Exception {
    Epoch epoch = new Epoch(generation(), session().id(), 9);
    open(epoch);
    TransactionId id = prepared(epoch, accounts, ledger);

    assertThat(look(id).state()).isEqualTo(State.RUNNING);
    assertThat(look(id).coordinator()).map(Owner::name).contains("orders");
    assertRefused(id, Ending.COMMIT);
    assertRefused(id, Ending.ABORT);
    assertThat(accounts.prepared).hasSize(1);
  }

  @Test
  void deadSession_isOrphanedAndCanOnlyBeAborted() throws Exception {
    Epoch epoch = ofDeadSession(generation());
    open(epoch);
    TransactionId id = prepared(epoch, accounts, ledger);

    assertThat(look(id).state()).isEqualTo(State.ORPHANED);
    assertRefused(id, Ending.COMMIT);
    assertThat(accounts.prepared).hasSize(1);
    assertThat(look(id).state()).as("nothing was changed").isEqualTo(State.ORPHANED);
    assertThat(get(new AuditTrail(operator).list())).isEmpty();
    assertThat(get(inspection.resolve(id, Ending.ABORT, "nobody is left"))).hasSize(2);

    assertThat(accounts.ended).containsValue("abort");
    assertThat(ledger.ended).containsValue("abort");
    assertThat(get(new AuditTrail(operator).list()))
        .satisfiesExactly(
            closed -> {
              assertThat(closed.entry().action()).isEqualTo("transaction.close-epoch");
              assertThat(closed.entry().subject()).contains(epoch.name());
            },
            record -> {
              assertThat(record.entry().action()).isEqualTo("transaction.resolve");
              assertThat(record.entry().subject()).contains("abort").contains(id.toString());
              assertThat(record.entry().reason()).isEqualTo("nobody is left");
            });
  }

  /** Of a closed epoch the cluster knows who closed it, who is somebody else. */
  @Test
  void coordinator_isWhoBeganItOrNobody() throws Exception {
    Epoch epoch = ofDeadSession(generation());
    open(epoch);
    TransactionId id = prepared(epoch, accounts);
    assertThat(look(id).coordinator()).map(Owner::name).contains("orders");
    Payload closer = Owner.thisProcess("somebody-else").encode();

    get(session().commit(Decisions.closing(epoch, closer, List.of())));

    assertThat(look(id).state()).isEqualTo(State.ABORTING);
    assertThat(look(id).coordinator()).isEmpty();
  }

  /** Whose branches only the application can end: closing the epoch is what there is to do. */
  @Test
  void triedOrphan_isAbortedByClosingItsEpoch() throws Exception {
    Epoch epoch = ofDeadSession(generation());
    open(epoch);
    TransactionId id = new TransactionId(domain(), epoch.name(), 1, Optional.empty());
    BranchList tried = new Tried(id.branch(0));
    TransactionInspection there =
        new TransactionInspection(
            operator, List.of(), List.of(tried), Map.of("seats", "jdbc:h2:mem:seats"));

    assertThat(get(there.resolve(id, Ending.ABORT, ""))).isEmpty();

    assertThat(get(there.look()).find(id).orElseThrow().state()).isEqualTo(State.ABORTING);
    assertThat(get(new AuditTrail(operator).list()))
        .extracting(each -> each.entry().subject())
        .last(InstanceOfAssertFactories.STRING)
        .contains("abort " + id, "seats (jdbc:h2:mem:seats)");
    assertThatThrownBy(() -> get(there.resolve(id, Ending.ABORT, "")))
        .as("there is nothing left to do")
        .hasCauseInstanceOf(ResolutionRefusedException.class);
  }

  private record Tried(BranchId branch) implements BranchList {
    @Override
    public String name() {
      return "seats";
    }

    @Override
    public CompletionStage<List<PreparedBranch>> waiting(String domain) {
      return CompletableFuture.completedFuture(
          List.of(
              new PreparedBranch("seats", branch, PreparedBranch.Form.TRIED, Optional.empty())));
    }
  }

  @Test
  void nameOfNoParticipant_isTold() throws Exception {
    Epoch epoch = ofDeadSession(generation());
    put(epoch, 1, Decision.toCommit(Map.of(0, "seats", 1, "ledger")));
    TransactionId id = prepared(epoch, accounts, ledger);

    assertThat(look(id).strangers()).containsExactly("accounts");
  }

  @Test
  void numbers_areSortedAsNumbers() throws Exception {
    Epoch epoch = ofDeadSession(generation());
    for (long sequence : List.of(10L, 9L, 100L)) {
      accounts.prepared.add(
          new TransactionId(domain(), epoch.name(), sequence, Optional.empty()).branch(0));
    }
    for (int number : List.of(10, 9)) {
      open(new Epoch(generation(), "gone", number));
    }

    Seen seen = get(inspection.look());

    assertThat(seen.transactions())
        .extracting(each -> each.id().sequence())
        .containsExactly(9L, 10L, 100L);
    assertThat(seen.epochs())
        .extracting(CoordinatorEpoch::name)
        .containsExactly(
            new Epoch(generation(), "gone", 9).name(), new Epoch(generation(), "gone", 10).name());
  }

  @Test
  void decidedToCommit_isNotAborted() throws Exception {
    Epoch epoch = ofDeadSession(generation());
    put(epoch, 1, Decision.toCommit(Map.of(0, "accounts", 1, "ledger")));
    TransactionId id = prepared(epoch, accounts);

    assertThat(look(id).state()).isEqualTo(State.COMMITTING);
    assertThat(look(id).decidedFor()).containsExactly("accounts", "ledger");
    assertRefused(id, Ending.ABORT);
    assertThat(accounts.prepared).hasSize(1);
    get(inspection.resolve(id, Ending.COMMIT, ""));
    assertThat(accounts.ended).containsValue("commit");
  }

  @Test
  void decisionOfALaterVersion_isNotGuessed() throws Exception {
    Epoch epoch = ofDeadSession(generation());
    get(session().commit(Transaction.EMPTY.put(epoch.decision(1), Payload.utf8("maybe"))));
    TransactionId id = prepared(epoch, accounts);

    assertThat(look(id).state()).isEqualTo(State.UNREADABLE);
    assertRefused(id, Ending.ABORT);
    assertRefused(id, Ending.COMMIT);
  }

  @Test
  void decisionAtAParticipantNotGiven_isNotGuessed() throws Exception {
    TransactionId id =
        new TransactionId(
            domain(), ofDeadSession(generation()).name(), 1, Optional.of("elsewhere"));
    accounts.prepared.add(id.branch(0));

    assertThat(look(id).state()).isEqualTo(State.DECIDED_ELSEWHERE);
    assertThat(look(id).note()).contains("elsewhere");
    assertRefused(id, Ending.ABORT);
  }

  @Test
  void olderGeneration_endsAsTheOperatorSays_everywhere() throws Exception {
    Epoch epoch = ofDeadSession(generation());
    TransactionId id = prepared(epoch, accounts, ledger);
    raiseGeneration();
    ledger.away = true;
    TransactionInspection half = new TransactionInspection(operator, List.of(accounts));

    assertThat(look(id).state()).isEqualTo(State.LOST);
    get(half.resolve(id, Ending.COMMIT, "the caller has its receipt"));

    assertThat(accounts.ended).containsValue("commit");
    ledger.away = false;
    assertThat(look(id).state()).isEqualTo(State.COMMITTING);
    assertThatThrownBy(() -> get(half.resolve(id, Ending.ABORT, "")))
        .hasCauseInstanceOf(ResolutionRefusedException.class);
  }

  /** The cleaning of what nobody needs any more comes every thirty rounds. */
  @Test
  void operatorsWord_staysUntilEveryParticipantHasObeyed() throws Exception {
    Epoch epoch = ofDeadSession(generation());
    TransactionId id = prepared(epoch, accounts, ledger);
    raiseGeneration();
    TransactionInspection half = new TransactionInspection(operator, List.of(accounts));
    ledger.away = true;
    get(half.resolve(id, Ending.COMMIT, ""));
    try (Transactions others =
        new Transactions(
            operator,
            TransactionOptions.defaults().withSweep(Duration.ofHours(1)),
            List.of(accounts, ledger))) {
      for (int i = 0; i < 61; i++) {
        get(others.sweep());
      }
      ledger.away = false;
      get(others.sweep());
    }
    assertThat(ledger.ended).containsValue("commit");
  }

  @Test
  void look_participantAway_showsTheRest() throws Exception {
    Epoch epoch = ofDeadSession(generation());
    open(epoch);
    TransactionId id = prepared(epoch, accounts);
    ledger.away = true;

    Seen seen = get(inspection.look());

    assertThat(seen.unreachable()).containsOnlyKeys("ledger");
    assertThat(seen.find(id)).isPresent();
    assertThat(seen.epochs())
        .singleElement()
        .satisfies(
            each -> {
              assertThat(each.name()).isEqualTo(epoch.name());
              assertThat(each.state()).isEqualTo(CoordinatorEpoch.State.ORPHANED);
            });
  }

  private void raiseGeneration() throws Exception {
    Generations generations = new Generations(operator);
    Generation now = get(generations.current());
    get(generations.raise(now, now.next(), "restored"));
  }
}
