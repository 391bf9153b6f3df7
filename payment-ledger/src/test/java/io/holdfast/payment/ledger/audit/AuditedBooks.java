package io.holdfast.payment.ledger.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AuditRule;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.DatabaseConfig;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.LedgerIdentity;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Reply;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.Scenario;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.ledger.TwoNodes;
import io.holdfast.payment.ledger.audit.ClientJournal.Asked;
import io.holdfast.payment.ledger.audit.ClientJournal.Leg;
import io.holdfast.payment.ledger.audit.ClientJournal.Verdict;
import io.holdfast.payment.scenario.approval.Approvals;
import io.holdfast.payment.scenario.lending.LendingScenario;
import io.holdfast.payment.scenario.purchase.PurchaseScenario;
import io.holdfast.payment.scenario.purchase.Takings;
import io.holdfast.payment.scenario.topup.TopUpScenario;
import io.holdfast.payment.scenario.topup.acquirer.Acquirer;
import io.holdfast.payment.scenario.topup.acquirer.Charge;
import io.holdfast.payment.scenario.wallet.WalletScenario;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A ledger in two databases in which something of everything has happened, at rest: wallets in
 * several shards, transfers over both databases, a payment that is held and captured in part, a
 * loan, top-ups, a refusal, a closed account.
 */
final class AuditedBooks {

  /**
   * Held by whoever damages them, for two who change the same rows of two databases in different
   * order wait for each other, and no database sees that.
   */
  static final String LOCK = "audited books";

  private static final ShardMap MAP = new ShardMap(TwoNodes.SHARDS);
  private static final Pattern DOCUMENT = Pattern.compile("[a-z]+_[0-9a-f]{3}_[0-9a-v]{26}");

  private final List<Scenario> scenarios =
      Approvals.over(
          List.of(
              new WalletScenario(),
              new LendingScenario(),
              new TopUpScenario(new NoAcquirer()),
              new PurchaseScenario(
                  MAP,
                  new LedgerIdentity(new byte[] {1}),
                  (account, after, until, terms) ->
                      CompletableFuture.completedFuture(new Takings(after, 0, 0, 0, 0, 0)))));

  final ClientJournal clients = new ClientJournal();
  final Map<String, DatabaseConfig> databases;
  private final TwoNodes nodes = new TwoNodes();

  /** The first two in shard 0; carol in 2, which is in the same database; dave and gus not. */
  final AccountId alice = nodes.account(0, "alice");

  final AccountId bob = nodes.account(0, "bob");
  final AccountId carol = nodes.account(2, "carol");
  final AccountId dave = nodes.account(1, "dave");
  final AccountId gus = nodes.account(3, "gus");
  final AccountId erik = nodes.account(4, "erik");

  /** Made by the first who needs them. */
  private static final class Made {
    static final AuditedBooks BOOKS = new AuditedBooks();
  }

  /** The same for all tests of the JVM: they leave them as they were. */
  static AuditedBooks made() {
    return Made.BOOKS;
  }

  private AuditedBooks() {
    databases = nodes.databases();
    try {
      clients.knowsAllOf("alice");
      open(alice, "alice", 1_000);
      open(bob, "bob", 0);
      open(carol, "carol", 0);
      open(dave, "dave", 500);
      open(gus, "gus", 0);
      open(erik, "erik", 0);
      ask("erik", "close-account", "{'account':'" + erik + "'}", "close");
      AccountId yen = nodes.account(0, "yoko");
      ask("olga", "open-account", account(yen, "yoko", "JPY", "WALLET"), "open");
      ask("olga", "fund", "{'account':'%s','amount':7,'currency':'JPY','reason':'r'}", yen);
      transfer("alice", alice, bob, 300, "local", Verdict.DONE);
      transfer("alice", alice, carol, 200, "near", Verdict.DONE);
      transfer("alice", alice, dave, 100, "far", Verdict.DONE);
      transfer("dave", dave, alice, 50, "back", Verdict.DONE);
      transfer("alice", alice, bob, 99_999, "too-much", Verdict.REFUSED);
      purchase();
      loan();
      topUp();
      transfer("alice", alice, gus, 10, "last", Verdict.DONE);
      Audit audit = audit();
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(audit.underWay()).isZero());
    } finally {
      nodes.close();
    }
  }

  Audit audit() {
    return new Audit(databases, rules());
  }

  List<AuditRule> rules() {
    List<AuditRule> rules = new ArrayList<>();
    scenarios.forEach(each -> rules.addAll(each.audit()));
    return rules;
  }

  private void purchase() {
    AccountId shop = nodes.account(1, "shop");
    ask("olga", "open-account", account(shop, "shop", "EUR", "MERCHANT"), "open");
    ask(
        "olga",
        "set-merchant-terms",
        "{'account':'%s','basisPoints':150,'fixed':25}".formatted(shop),
        "terms");
    String checkout =
        ask(
            "shop",
            "create-checkout",
            "{'merchant':'%s','amount':100,'currency':'EUR','reference':'o','capture':'MANUAL'}"
                .formatted(shop),
            "checkout");
    RequestKey key = new RequestKey("alice", alice.value(), "pay");
    clients.asked(Asked.of("authorise-payment", key));
    String payment =
        ask(
            "alice",
            "authorise-payment",
            "{'account':'%s','checkout':%s}".formatted(alice, checkout),
            "pay");
    clients.told(key, Verdict.DONE);
    ask(
        "shop",
        "capture-payment",
        "{'payment':'%s','amount':40,'currency':'EUR'}".formatted(document(payment)),
        "capture");
  }

  private void loan() {
    String applied =
        ask(
            "bob",
            "apply-for-loan",
            ("{'account':'%s','amount':10000,'currency':'EUR','annualRateBp':1200,'months':6,"
                    + "'kind':'ANNUITY','dayCount':'THIRTY_360'}")
                .formatted(bob),
            "loan");
    String loan = document(applied);
    ask(
        "olga",
        "approve-loan",
        ("{'loan':'%s','amount':10000,'currency':'EUR','annualRateBp':1200,'lateFee':5,"
                + "'graceDays':5}")
            .formatted(loan),
        "approve");
    ask("olga", "disburse-loan", "{'loan':'" + loan + "'}", "disburse");
  }

  private void topUp() {
    String started =
        ask(
            "carol",
            "topup",
            "{'account':'%s','amount':500,'currency':'EUR','card':'tok_1'}".formatted(carol),
            "topup");
    ask(
        "system",
        "topup-succeed",
        "{'topup':'%s','account':'%s','charge':'ch_1','at':'%s'}"
            .formatted(document(started), carol, Instant.parse("2026-11-01T10:00:00Z")),
        "success");
  }

  private void open(AccountId account, String owner, long amount) {
    ask("olga", "open-account", account(account, owner, "EUR", "WALLET"), "open");
    if (amount > 0) {
      String fund = "{'account':'%s','amount':" + amount + ",'currency':'EUR','reason':'r'}";
      ask("olga", "fund", fund, account);
    }
  }

  private static String account(AccountId account, String owner, String currency, String type) {
    return "{'account':'%s','owner':'%s','currency':'%s','type':'%s'}"
        .formatted(account, owner, currency, type);
  }

  /** As a client notes it. */
  private void transfer(
      String caller, AccountId from, AccountId to, long amount, String key, Verdict verdict) {
    RequestKey name = new RequestKey(caller, from.value(), key);
    clients.asked(
        Asked.of(
            "transfer",
            name,
            new Leg(from.value(), "EUR", -amount),
            new Leg(to.value(), "EUR", amount)));
    Reply reply =
        reply(
            caller,
            "transfer",
            "{'from':'%s','to':'%s','amount':%d,'currency':'EUR'}".formatted(from, to, amount),
            key);
    assertThat(reply.refusal().isPresent()).isEqualTo(verdict == Verdict.REFUSED);
    clients.told(name, verdict);
  }

  private void ask(String caller, String type, String json, AccountId account) {
    ask(caller, type, json.formatted(account), type);
  }

  private String ask(String caller, String type, String json, String key) {
    Reply reply = reply(caller, type, json, key);
    assertThat(reply.refusal()).as("%s", json).isEmpty();
    return reply.answer();
  }

  /** With a second operator, if it needs one. */
  private Reply reply(String caller, String type, String json, String key) {
    Optional<Operation<?>> alone = operation(type);
    if (alone.isPresent()) {
      return run(who(caller), alone.get(), json, key);
    }
    String proposed = ask(caller, "propose-" + type, json, key);
    String approval =
        "{'id':'%s','operation':'%s','request':%s}".formatted(document(proposed), type, json);
    return reply("otto", "approve", approval, key);
  }

  private Optional<Operation<?>> operation(String type) {
    for (Scenario scenario : scenarios) {
      for (Operation<?> operation : scenario.operations()) {
        if (operation.type().equals(type)) {
          return Optional.of(operation);
        }
      }
    }
    return Optional.empty();
  }

  private <R extends Record> Reply run(
      Caller caller, Operation<R> operation, String json, String key) {
    R request = Json.read(json.replace('\'', '"'), operation.request());
    return nodes.run(caller, operation, request, key);
  }

  private static Caller who(String name) {
    return switch (name) {
      case "olga", "otto" -> Caller.of(name, Role.OPERATOR);
      case "system" -> Caller.SYSTEM;
      case "shop" -> Caller.of(name, Role.MERCHANT);
      default -> Caller.of(name, Role.CUSTOMER);
    };
  }

  /** Nothing is due here: nobody asks it. */
  private static final class NoAcquirer implements Acquirer {
    @Override
    public CompletionStage<Charge> charge(DocumentId reference, Money amount, String card) {
      return CompletableFuture.failedFuture(new IllegalStateException("no acquirer"));
    }

    @Override
    public CompletionStage<Optional<Charge>> status(DocumentId reference) {
      return CompletableFuture.failedFuture(new IllegalStateException("no acquirer"));
    }
  }

  private static String document(String answer) {
    Matcher id = DOCUMENT.matcher(answer);
    assertThat(id.find()).as(answer).isTrue();
    return id.group();
  }
}
