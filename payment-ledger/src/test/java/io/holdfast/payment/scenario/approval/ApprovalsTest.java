package io.holdfast.payment.scenario.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.Catalogue;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.MemoryLedger;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.RefusedException;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Route;
import io.holdfast.payment.ledger.Scenario;
import io.holdfast.payment.ledger.Scope;
import io.holdfast.payment.scenario.wallet.ChangeCreditLimit;
import io.holdfast.payment.scenario.wallet.CloseAccount;
import io.holdfast.payment.scenario.wallet.Fund;
import io.holdfast.payment.scenario.wallet.WalletScenario;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class ApprovalsTest {

  private static final Caller OLGA = Caller.of("olga", Role.OPERATOR);
  private static final Caller OTTO = Caller.of("otto", Role.OPERATOR);
  private static final Caller ALICE = Caller.of("alice", Role.CUSTOMER);

  private final MemoryLedger ledger = new MemoryLedger();
  private final AccountId alice = ledger.wallet("alice", 100, "EUR");
  private final Fund.Request fund = new Fund.Request(alice, 900, "EUR", "cheque 17");
  private final List<Scenario> scenarios =
      Approvals.over(List.of(new WalletScenario(), new Things()));
  private final Catalogue catalogue = new Catalogue(scenarios);

  @Test
  void propose_byAnOperator_isKeptAndDoesNothing() {
    DocumentId id = proposed(fund);

    Approval approval = approval(id);
    assertThat(approval.operation()).isEqualTo("fund");
    assertThat(approval.proposer()).isEqualTo("olga");
    assertThat(approval.state()).isEqualTo(Approval.State.PROPOSED);
    assertThat(Json.read(Json.write(approval.request()), Fund.Request.class)).isEqualTo(fund);
    assertThat(ledger.account(alice).posted()).isEqualTo(100);
    Document<Approval> document = ledger.document(Approval.KIND, id);
    assertThat(document.account()).isEqualTo(alice);
    assertThat(document.due()).contains(ledger.now().plus(Approvals.LIFETIME));
    assertThat(id.shard()).isEqualTo(ledger.map().shardOf(alice));
  }

  @Test
  void kind_approval_isNotForOwners() {
    assertThat(Approval.KIND.readers()).isEqualTo(DocumentKind.Readers.OPERATORS);
  }

  @Test
  void propose_byACustomer_isForbidden() {
    refused("forbidden", () -> ask(ALICE, fund));
  }

  @Test
  void propose_whatWouldBeRefused_isRefusedAtOnce() {
    refused(
        "unknown-account",
        () -> ask(OLGA, new Fund.Request(new AccountId("nobody"), 900, "EUR", "x")));
    refused(
        "credit-in-use",
        () -> {
          ledger.open("debtor", io.holdfast.payment.ledger.AccountType.WALLET, "d", -5, "EUR");
          ask(OLGA, new ChangeCreditLimit.Request(new AccountId("debtor"), 4, "x"));
        });
  }

  @Test
  void approve_byAnother_doesItAndMarksIt() {
    DocumentId id = proposed(fund);

    Record answer = approve(OTTO, id, "fund", fund).orElseThrow();

    assertThat(ledger.account(alice).posted()).isEqualTo(1_000);
    assertThat(approval(id).state()).isEqualTo(Approval.State.EXECUTED);
    assertThat(approval(id).decider()).contains("otto");
    assertThat(approval(id).decided()).contains(ledger.now());
    assertThat(ledger.document(Approval.KIND, id).due()).isEmpty();
    assertThat(answer).isEqualTo(new Approve.Executed(id, "fund", Optional.of(fund)));
    assertThat(Json.write(answer)).contains("\"reason\":\"cheque 17\"");
  }

  @Test
  void approve_byTheProposer_isRefused() {
    DocumentId id = proposed(fund);

    refused("two-operators", () -> approve(OLGA, id, "fund", fund));
    refused(
        "two-operators",
        () -> approve(new Caller("olga", Set.of(Role.OPERATOR, Role.AUDITOR)), id, "fund", fund));
    assertThat(ledger.account(alice).posted()).isEqualTo(100);
    assertThat(approval(id).state()).isEqualTo(Approval.State.PROPOSED);
  }

  @Test
  void approve_byACustomer_isForbidden() {
    DocumentId id = proposed(fund);

    refused("forbidden", () -> approve(ALICE, id, "fund", fund));
  }

  @Test
  void approve_byTheClusterItself_isRefused() {
    DocumentId id = proposed(fund);

    refused("two-operators", () -> approve(Caller.SYSTEM, id, "fund", fund));
  }

  @Test
  void approve_otherThanProposed_isRefused() {
    DocumentId id = proposed(fund);

    differs(id, "fund", new Fund.Request(alice, 901, "EUR", "cheque 17"));
    differs(id, "fund", new Fund.Request(alice, 900, "EUR", "cheque 18"));
    differs(id, "fund", new Fund.Request(ledger.wallet("bob", 0, "EUR"), 900, "EUR", "cheque 17"));
    differs(id, "fund", new ChangeCreditLimit.Request(alice, 900, "cheque 17"));
    differs(id, "change-credit-limit", fund);
    differs(id, "change-credit-limit", new ChangeCreditLimit.Request(alice, 900, "cheque 17"));
    differs(id, "transfer", fund);
    differs(id, "close-account", new CloseAccount.Request(alice));
    assertThat(ledger.account(alice).posted()).isEqualTo(100);
    assertThat(approval(id).state()).isEqualTo(Approval.State.PROPOSED);
  }

  private void differs(DocumentId id, String operation, Record request) {
    refused("approval-differs", () -> approve(OTTO, id, operation, request));
  }

  /** It is the same request in another order, and with what is left out in place of null. */
  @Test
  void approve_sameRequestWrittenOtherwise_isDone() {
    DocumentId id = proposed(fund);

    Approve.Request written =
        Json.read(
            """
            {"request": {"reason": "cheque 17", "currency": "EUR", "amount": 900,
                         "account": "alice"},
             "operation": "fund", "id": "%s"}"""
                .formatted(id),
            Approve.Request.class);
    ask(OTTO, written);

    assertThat(approval(id).state()).isEqualTo(Approval.State.EXECUTED);
  }

  @Test
  void approve_malformed_isNoRequest() {
    DocumentId id = proposed(fund);
    for (String request : List.of("null", "7", "\"x\"", "[]", "{\"a\":1,\"a\":2}")) {
      assertThatIllegalArgumentException()
          .as(request)
          .isThrownBy(
              () ->
                  Json.read(
                      "{\"id\":\"%s\",\"operation\":\"fund\",\"request\":%s}"
                          .formatted(id, request),
                      Approve.Request.class));
    }
  }

  @Test
  void approve_twice_isDoneOnce() {
    DocumentId id = proposed(fund);
    approve(OTTO, id, "fund", fund);

    refused("approval-executed", () -> approve(OTTO, id, "fund", fund));
    refused("approval-executed", () -> approve(OLGA, id, "fund", fund));
    refused("approval-executed", () -> ask(OTTO, new Reject.Request(id, "late")));
    assertThat(ledger.account(alice).posted()).isEqualTo(1_000);
  }

  @Test
  void approve_refusedByTheBooks_leavesItOpen() {
    AccountId empty = ledger.wallet("empty", 0, "EUR");
    Fund.Request late = new Fund.Request(empty, 5, "EUR", "x");
    DocumentId id = proposed(late);
    ask(OLGA, new CloseAccount.Request(empty));

    refused("account-closed", () -> approve(OTTO, id, "fund", late));
    assertThat(approval(id).state()).isEqualTo(Approval.State.PROPOSED);
  }

  @Test
  void approve_unknownId_isRefused() {
    DocumentId id = new DocumentId("approval_000_00000000000000000000000000");

    refused("not-found", () -> approve(OTTO, id, "fund", fund));
  }

  @Test
  void reject_byAnother_endsIt() {
    DocumentId id = proposed(fund);

    ask(OTTO, new Reject.Request(id, "no such cheque"));

    assertThat(approval(id).state()).isEqualTo(Approval.State.REJECTED);
    assertThat(approval(id).reason()).contains("no such cheque");
    assertThat(ledger.document(Approval.KIND, id).due()).isEmpty();
    refused("approval-rejected", () -> approve(OTTO, id, "fund", fund));
  }

  @Test
  void reject_byTheProposer_takesItBack() {
    DocumentId id = proposed(fund);

    ask(OLGA, new Reject.Request(id, "mistyped"));

    assertThat(approval(id).decider()).contains("olga");
    refused("approval-rejected", () -> approve(OTTO, id, "fund", fund));
  }

  @Test
  void reject_byACustomerOrWithoutReason_isRefused() {
    DocumentId id = proposed(fund);

    refused("forbidden", () -> ask(ALICE, new Reject.Request(id, "x")));
    assertThatIllegalArgumentException().isThrownBy(() -> new Reject.Request(id, " "));
  }

  @Test
  void due_expired_endsIt() {
    DocumentId id = proposed(fund);
    Instant expires = ledger.now().plus(Approvals.LIFETIME);

    ledger.advanceTo(expires.minusNanos(1));
    due();
    assertThat(approval(id).state()).isEqualTo(Approval.State.PROPOSED);

    ledger.advanceTo(expires);
    refused("approval-expired", () -> approve(OTTO, id, "fund", fund));
    due();
    assertThat(approval(id).state()).isEqualTo(Approval.State.EXPIRED);
    assertThat(ledger.document(Approval.KIND, id).due()).isEmpty();
    refused("approval-expired", () -> approve(OTTO, id, "fund", fund));
  }

  @Test
  void expire_decidedMeanwhile_changesNothing() {
    DocumentId id = proposed(fund);
    approve(OTTO, id, "fund", fund);
    Approval before = approval(id);

    ask(Caller.SYSTEM, new ExpireApproval.Request(id));

    assertThat(approval(id)).isEqualTo(before);
  }

  @Test
  void expire_byAnOperator_isForbidden() {
    DocumentId id = proposed(fund);

    refused("forbidden", () -> ask(OLGA, new ExpireApproval.Request(id)));
  }

  /** The document is changed by the operation, the approval belongs to the same account. */
  @Test
  void approve_operationOnADocument_isDone() {
    DocumentId thing = ((Made) ask(OLGA, new Make(alice)).orElseThrow()).thing();

    DocumentId id = proposed(new Scrap(thing));
    assertThat(ledger.document(Approval.KIND, id).account()).isEqualTo(alice);
    approve(OTTO, id, "scrap", new Scrap(thing));

    assertThat(ledger.document(Thing.KIND, thing).body().scrapped()).isTrue();
    assertThat(approval(id).state()).isEqualTo(Approval.State.EXECUTED);
  }

  @Test
  void wrap_whatOneMayDo_isItself() {
    Operation<?> close = new CloseAccount();

    assertThat(Approvals.wrap(close)).isSameAs(close);
  }

  @Test
  void wrap_whatOthersThanOperatorsMayAsk_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Approvals.wrap(new ScrapThing(Set.of(Role.OPERATOR, Role.CUSTOMER))))
        .withMessageContaining("operators only");
  }

  private void due() {
    scenarios.forEach(ledger::due);
  }

  private DocumentId proposed(Record request) {
    return ((Propose.Proposed) ask(OLGA, request).orElseThrow()).approval();
  }

  private Optional<Record> approve(Caller caller, DocumentId id, String operation, Record request) {
    ObjectNode repeated = Json.read(Json.write(request), ObjectNode.class);
    return ask(caller, new Approve.Request(id, operation, repeated));
  }

  private Approval approval(DocumentId id) {
    return ledger.document(Approval.KIND, id).body();
  }

  @SuppressWarnings("unchecked")
  private <R extends Record> Optional<Record> ask(Caller caller, R request) {
    for (Operation<?> each : catalogue.operations()) {
      if (each.request() == request.getClass()) {
        return ledger.run(caller, (Operation<R>) each, request);
      }
    }
    throw new IllegalArgumentException("nothing takes " + request);
  }

  private static void refused(String code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.refusal().code()).isEqualTo(code));
  }

  record Thing(boolean scrapped) {
    static final DocumentKind<Thing> KIND = new DocumentKind<>("thing", Thing.class, "/things");
  }

  record Make(AccountId account) {}

  record Made(DocumentId thing) {}

  record Scrap(DocumentId thing) {}

  /** A document that two operators may scrap. */
  private static final class Things implements Scenario {
    @Override
    public String name() {
      return "things";
    }

    @Override
    public List<Operation<?>> operations() {
      return List.of(new MakeThing(), new ScrapThing(Set.of(Role.OPERATOR)));
    }

    @Override
    public List<DocumentKind<?>> documents() {
      return List.of(Thing.KIND);
    }
  }

  private static final class MakeThing implements Operation<Make> {
    @Override
    public String type() {
      return "make";
    }

    @Override
    public Class<Make> request() {
      return Make.class;
    }

    @Override
    public Route route() {
      return Route.creating("/things");
    }

    @Override
    public Set<Role> roles() {
      return Set.of(Role.OPERATOR);
    }

    @Override
    public Scope scope(Make request) {
      return Scope.of(request.account());
    }

    @Override
    public Reads reads(Make request) {
      return Reads.NONE;
    }

    @Override
    public Plan plan(Make request, Books books) {
      DocumentId id = books.newId(Thing.KIND);
      return new Plan(books)
          .put(Document.of(id, request.account(), new Thing(false)))
          .answer(new Made(id));
    }
  }

  private record ScrapThing(Set<Role> roles) implements Operation<Scrap> {
    @Override
    public String type() {
      return "scrap";
    }

    @Override
    public Class<Scrap> request() {
      return Scrap.class;
    }

    @Override
    public Route route() {
      return Route.doing("/things/{thing}/scrap");
    }

    @Override
    public boolean needsTwoOperators() {
      return true;
    }

    @Override
    public Scope scope(Scrap request) {
      return Scope.of(request.thing());
    }

    @Override
    public Reads reads(Scrap request) {
      return Reads.NONE.document(request.thing());
    }

    @Override
    public Plan plan(Scrap request, Books books) {
      return new Plan(books).put(books.document(Thing.KIND, request.thing()).with(new Thing(true)));
    }
  }
}
