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
import io.holdfast.transaction.OperatorIdentity.Voucher;
import io.holdfast.transaction.PendingTransaction.PreparedBranch;
import io.holdfast.transaction.PendingTransaction.State;
import io.holdfast.transaction.TransactionInspection.Ending;
import io.holdfast.transaction.TransactionInspection.Seen;
import java.time.Duration;
import java.time.InstantSource;
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

  private static final OperatorIdentity ALICE = new OperatorIdentity("alice", Voucher.STORE);
  private static final OperatorIdentity BOB = new OperatorIdentity("bob", Voucher.STORE);

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
    private volatile boolean refuses;

    Shelf(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    private CompletionStage<Void> end(List<BranchId> branches, String how) {
      if (away || refuses) {
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
    assertThatThrownBy(() -> get(inspection.propose(id, ending, ALICE, "")))
        .hasCauseInstanceOf(ResolutionRefusedException.class);
  }

  private static CompletableFuture<List<PreparedBranch>> resolve(
      TransactionInspection at, TransactionId id, Ending ending, String reason) {
    return at.propose(id, ending, ALICE, reason)
        .thenCompose(proposed -> at.confirm(proposed, BOB, "looked as well"));
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
    assertThat(get(resolve(inspection, id, Ending.ABORT, "nobody is left"))).hasSize(2);

    assertThat(accounts.ended).containsValue("abort");
    assertThat(ledger.ended).containsValue("abort");
    assertThat(get(new AuditTrail(operator).list()))
        .satisfiesExactly(
            proposed -> {
              assertThat(proposed.entry().action()).isEqualTo("transaction.propose");
              assertThat(proposed.entry().subject()).contains("abort").contains("alice");
            },
            closed -> {
              assertThat(closed.entry().action()).isEqualTo("transaction.close-epoch");
              assertThat(closed.entry().subject()).contains(epoch.name());
            },
            record -> {
              assertThat(record.entry().action()).isEqualTo("transaction.resolve");
              assertThat(record.entry().subject()).contains("abort").contains(id.toString());
              assertThat(record.entry().reason())
                  .isEqualTo(
                      "proposed by alice (by the store's login): nobody is left;"
                          + " confirmed by bob (by the store's login): looked as well");
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

    assertThat(get(resolve(there, id, Ending.ABORT, ""))).isEmpty();

    assertThat(get(there.look()).find(id).orElseThrow().state()).isEqualTo(State.ABORTING);
    assertThat(get(new AuditTrail(operator).list()))
        .extracting(each -> each.entry().subject())
        .last(InstanceOfAssertFactories.STRING)
        .contains("abort " + id, "seats (jdbc:h2:mem:seats)");
    assertThatThrownBy(() -> get(resolve(there, id, Ending.ABORT, "")))
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
    get(resolve(inspection, id, Ending.COMMIT, ""));
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
    get(resolve(half, id, Ending.COMMIT, "the caller has its receipt"));

    assertThat(accounts.ended).containsValue("commit");
    ledger.away = false;
    assertThat(look(id).state()).isEqualTo(State.COMMITTING);
    assertThatThrownBy(() -> get(resolve(half, id, Ending.ABORT, "")))
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
    get(resolve(half, id, Ending.COMMIT, ""));
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

  private TransactionId orphan() throws Exception {
    Epoch epoch = ofDeadSession(generation());
    open(epoch);
    return prepared(epoch, accounts, ledger);
  }

  private void assertNotConfirmed(ProposedResolution proposed, OperatorIdentity by, String why) {
    assertThatThrownBy(() -> get(inspection.confirm(proposed, by, "")))
        .hasRootCauseInstanceOf(ResolutionRefusedException.class)
        .hasMessageContaining(why);
    assertThat(accounts.ended).isEmpty();
  }

  @Test
  void propose_alone_changesNothing() throws Exception {
    TransactionId id = orphan();

    ProposedResolution proposed = get(inspection.propose(id, Ending.ABORT, ALICE, "dead"));

    assertThat(look(id).state()).isEqualTo(State.ORPHANED);
    assertThat(accounts.prepared).hasSize(1);
    assertThat(get(inspection.proposals()).found()).containsExactly(proposed);
    assertThat(proposed.reason()).isEqualTo("dead");
    assertThat(proposed.places()).containsExactlyInAnyOrder("accounts", "ledger");
    assertThat(proposed.onWordAlone()).isFalse();
  }

  @Test
  void confirm_sameOperatorOrOneWhoCouldBeTheSame_isRefused() throws Exception {
    ProposedResolution proposed = get(inspection.propose(orphan(), Ending.ABORT, ALICE, ""));

    assertNotConfirmed(proposed, ALICE, "another operator has to confirm it");
    assertNotConfirmed(proposed, new OperatorIdentity("bob", Voucher.NOBODY), "same person");
    assertNotConfirmed(proposed, new OperatorIdentity("alice", Voucher.KEY), "same person");
    assertThat(get(inspection.confirm(proposed, BOB, ""))).hasSize(2);
    assertThat(get(inspection.proposals()).found()).isEmpty();
    assertThatThrownBy(() -> get(inspection.confirm(proposed, BOB, "")))
        .hasRootCauseInstanceOf(ResolutionRefusedException.class);
  }

  @Test
  void propose_second_isRefusedUntilTheFirstIsWithdrawn() throws Exception {
    TransactionId id = orphan();
    raiseGeneration();
    ProposedResolution first = get(inspection.propose(id, Ending.ABORT, ALICE, ""));

    assertThatThrownBy(() -> get(inspection.propose(id, Ending.COMMIT, BOB, "")))
        .hasRootCauseInstanceOf(ResolutionRefusedException.class)
        .hasMessageContaining("alice");
    assertThat(get(inspection.withdraw(first, BOB, "it committed elsewhere"))).isTrue();
    assertThat(get(inspection.withdraw(first, BOB, ""))).isFalse();
    assertNotConfirmed(first, BOB, "not proposed any more");
    assertThat(get(inspection.propose(id, Ending.COMMIT, BOB, "")).onWordAlone()).isTrue();
    assertThat(get(new AuditTrail(operator).list()))
        .extracting(each -> each.entry().subject())
        .anySatisfy(subject -> assertThat(subject).contains("withdrawn by bob"));
  }

  /** As when two propose at once: then neither is carried out before they agree. */
  @Test
  void confirm_besideAContraryProposal_isRefused() throws Exception {
    TransactionId id = orphan();
    raiseGeneration();
    ProposedResolution abort = get(inspection.propose(id, Ending.ABORT, ALICE, ""));
    ProposedResolution commit =
        ProposedResolution.of(
            ProposedResolution.DIRECTORY.child("other"),
            look(id),
            Ending.COMMIT,
            BOB,
            "",
            abort.at());
    get(session().commit(Transaction.EMPTY.put(commit.key(), commit.encode(OPTIONS.owner()))));

    assertNotConfirmed(abort, BOB, "the contrary");
    assertNotConfirmed(commit, ALICE, "the contrary");
    get(inspection.withdraw(commit, BOB, ""));
    assertThat(get(inspection.confirm(abort, BOB, ""))).hasSize(2);
  }

  @Test
  void confirm_expired_isRefusedAndTheNextProposalClearsItAway() throws Exception {
    TransactionId id = orphan();
    get(inspection.propose(id, Ending.ABORT, ALICE, ""));
    TransactionInspection later =
        new TransactionInspection(
            operator,
            List.of(accounts, ledger),
            List.of(),
            Map.of(),
            InstantSource.offset(InstantSource.system(), ProposedResolution.VALID));
    ProposedResolution stored = get(later.proposals()).found().get(0);

    assertThatThrownBy(() -> get(later.confirm(stored, BOB, "")))
        .hasRootCauseInstanceOf(ResolutionRefusedException.class)
        .hasMessageContaining("expired");
    ProposedResolution anew = get(later.propose(id, Ending.ABORT, BOB, ""));
    assertThat(get(later.proposals()).found()).containsExactly(anew);
    assertThat(get(later.confirm(anew, ALICE, ""))).hasSize(2);
  }

  /** What was to be found out is now to be decided: that is more than was proposed. */
  @Test
  void confirm_generationRaisedSince_isRefused() throws Exception {
    ProposedResolution proposed = get(inspection.propose(orphan(), Ending.ABORT, ALICE, ""));
    raiseGeneration();

    assertNotConfirmed(proposed, BOB, "on your word alone");
  }

  @Test
  void confirm_branchesElsewhereSince_isRefused() throws Exception {
    TransactionId id = orphan();
    TransactionInspection half = new TransactionInspection(operator, List.of(accounts));
    ProposedResolution proposed = get(half.propose(id, Ending.ABORT, ALICE, ""));

    assertNotConfirmed(proposed, BOB, "[ledger]");
    assertThat(get(half.confirm(proposed, BOB, ""))).hasSize(1);
  }

  /** The database is away when the branches are to end: the same is confirmed once more. */
  @Test
  void confirm_participantFails_canBeRepeated() throws Exception {
    ProposedResolution proposed = get(inspection.propose(orphan(), Ending.ABORT, ALICE, ""));
    ledger.refuses = true;

    assertThatThrownBy(() -> get(inspection.confirm(proposed, BOB, "")))
        .hasRootCauseInstanceOf(UnavailableException.class);
    assertThat(get(inspection.proposals()).found()).containsExactly(proposed);
    ledger.refuses = false;
    assertThat(get(inspection.confirm(proposed, BOB, ""))).isNotEmpty();
    assertThat(ledger.ended).containsValue("abort");
  }

  @Test
  void proposals_entryOfALaterVersion_isNamed() throws Exception {
    get(
        session()
            .commit(
                Transaction.EMPTY.put(
                    ProposedResolution.DIRECTORY.child("odd"), Payload.utf8("ending=PERHAPS"))));

    assertThat(get(inspection.proposals()).found()).isEmpty();
    assertThat(get(inspection.proposals()).unreadable()).hasSize(1);
  }

  private void raiseGeneration() throws Exception {
    Generations generations = new Generations(operator);
    Generation now = get(generations.current());
    get(generations.raise(now, now.next(), "restored"));
  }
}
