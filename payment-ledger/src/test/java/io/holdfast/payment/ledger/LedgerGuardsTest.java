package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.payment.scenario.wallet.Fund;
import io.holdfast.payment.scenario.wallet.OpenAccount;
import io.holdfast.payment.scenario.wallet.Transfer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What the ledger does not let others do to it by mistake or by ill will. */
class LedgerGuardsTest {

  private static final TwoNodes LEDGER = new TwoNodes();
  private static final Caller OPERATOR = Caller.of("olga", Role.OPERATOR);
  private static final OpenAccount OPEN = new OpenAccount();
  private static final Fund FUND = new Fund();
  private static final Transfer TRANSFER = new Transfer();

  @AfterAll
  static void close() {
    LEDGER.close();
  }

  private static AccountId wallet(int shard, String name, long amount) {
    AccountId id = LEDGER.account(shard, name);
    Reply opened = LEDGER.run(OPERATOR, OPEN, OpenAccount.wallet(id, name, "EUR"), "open");
    assertThat(opened.refusal()).isEmpty();
    if (amount > 0) {
      LEDGER.run(OPERATOR, FUND, new Fund.Request(id, amount, "EUR", "a test"), "fund");
    }
    return id;
  }

  private static Reply transfer(AccountId from, AccountId to, long amount, String key) {
    return LEDGER.run(
        Caller.of(LEDGER.account(from).owner(), Role.CUSTOMER),
        TRANSFER,
        new Transfer.Request(from, to, amount, "EUR"),
        key);
  }

  /** Such as a message that was recorded, or came late: the decision to commit is still known. */
  @Test
  void prepareHere_whatWasCarriedOutBefore_promisesNothingAnew() {
    AccountId from = wallet(0, "ida", 100);
    AccountId to = wallet(1, "jan", 0);
    assertThat(transfer(from, to, 40, "k").refusal()).isEmpty();
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(LEDGER.account(to).posted()).isEqualTo(40));

    Ledger owner = LEDGER.owner(1);
    assertThat(owner.prepareHere(1, LEDGER.branchLast, LEDGER.preparedLast).join()).isEmpty();
    assertThat(LEDGER.account(to).incoming()).isZero();
    owner.settleHere(1, List.of(LEDGER.branchLast), true).join();
    assertThat(LEDGER.account(to).posted()).isEqualTo(40);
  }

  /** Puts down a document by a name that it makes itself, whatever is there. */
  private record Overwrite() implements Operation<Overwrite.Request> {
    record Request(AccountId account, String text) {}

    record Scrap(String text) {}

    static final DocumentKind<Scrap> SCRAP = new DocumentKind<>("scrap", Scrap.class, "/scraps");

    @Override
    public String type() {
      return "overwrite";
    }

    @Override
    public Class<Request> request() {
      return Request.class;
    }

    @Override
    public Route route() {
      return Route.doing("/scraps");
    }

    @Override
    public Set<Role> roles() {
      return Set.of(Role.OPERATOR);
    }

    @Override
    public Scope scope(Request request) {
      return Scope.of(request.account());
    }

    @Override
    public Reads reads(Request request) {
      return Reads.NONE.account(request.account());
    }

    @Override
    public Plan plan(Request request, Books books) {
      DocumentId id = DocumentId.derived(SCRAP, books.shard(), request.account().value());
      return new Plan(books).put(Document.of(id, request.account(), new Scrap(request.text())));
    }
  }

  @Test
  void execute_planThatDoesNotLookWhatIsThere_hasNoEffect() {
    AccountId account = wallet(2, "kim", 0);
    assertThatThrownBy(
            () -> LEDGER.run(OPERATOR, new Overwrite(), new Overwrite.Request(account, "x"), "k"))
        .hasMessageContaining("without a look");
    assertThat(LEDGER.nodes.get(0).reader().documentsOf(account, "scrap", "", 10)).isEmpty();
  }
}
