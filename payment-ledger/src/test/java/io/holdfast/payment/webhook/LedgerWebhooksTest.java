package io.holdfast.payment.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.EventQueue;
import io.holdfast.payment.ledger.Ledger;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.ledger.TwoNodes;
import io.holdfast.payment.scenario.wallet.FreezeAccount;
import io.holdfast.payment.scenario.wallet.OpenAccount;
import io.holdfast.payment.scenario.wallet.UnfreezeAccount;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Events on their way from the books to a merchant's server. */
class LedgerWebhooksTest {

  private static final TwoNodes LEDGER = new TwoNodes();
  private static final Caller OPERATOR = Caller.of("olga", Role.OPERATOR);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final EventQueue.Address ADDRESS = new EventQueue.Address(Webhook.KIND, "url");

  @AfterAll
  static void close() {
    LEDGER.close();
  }

  private static AccountId wallet(int shard, String name) {
    AccountId id = LEDGER.account(shard, name);
    LEDGER.run(OPERATOR, new OpenAccount(), OpenAccount.wallet(id, name, "EUR"), "open");
    return id;
  }

  private static void twoEvents(AccountId account, String key) {
    LEDGER.run(OPERATOR, new FreezeAccount(), new FreezeAccount.Request(account, "a"), key + "f");
    LEDGER.run(
        OPERATOR, new UnfreezeAccount(), new UnfreezeAccount.Request(account, "b"), key + "u");
  }

  private static void register(AccountId account, Optional<String> url, String key) {
    Ledger ledger = LEDGER.owner(0);
    RegisterWebhook operation =
        new RegisterWebhook(
            ledger.map(),
            new WebhookSecrets(ledger.identity()),
            WebhookTargets.PUBLIC_AND_LOOPBACK);
    Caller owner = Caller.of(LEDGER.account(account).owner(), Role.CUSTOMER);
    assertThat(
            LEDGER.run(owner, operation, new RegisterWebhook.Request(account, url), key).refusal())
        .isEmpty();
  }

  private static LedgerWebhooks source(int shard, InstantSource clock) {
    Ledger ledger = LEDGER.owner(shard);
    return new LedgerWebhooks(ledger, new WebhookSecrets(ledger.identity()), clock);
  }

  private static LedgerWebhooks source(int shard) {
    return source(shard, InstantSource.system());
  }

  @Test
  void relay_ofEventsInTheBooks_deliversThemInOrderAndOnce() throws Exception {
    AccountId account = wallet(0, "anna");
    twoEvents(account, "1");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Receiver receiver = new Receiver()) {
      register(account, Optional.of(receiver.at("/anna").toString()), "register");
      twoEvents(account, "2");
      WebhookRelay relay =
          new WebhookRelay(
              source(0),
              new WebhookSender(
                  WebhookTargets.PUBLIC_AND_LOOPBACK, PATIENCE, InstantSource.system(), threads),
              RelayOptions.DEFAULTS,
              InstantSource.system(),
              threads);
      relay.round().join();
      relay.round().join();

      List<String> events = receiver.events("/anna");
      assertThat(events).hasSize(4).doesNotHaveDuplicates();
      assertThat(receiver.requests().get(0).body()).contains("account.frozen");
      assertThat(receiver.requests().get(3).body()).contains("account.open");
      assertThat(source(0).next(account)).isEmpty();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void next_ofAShardThatAnotherOwns_isNothing() {
    AccountId account = wallet(1, "bert");
    register(account, Optional.of("https://shop.example/hook"), "register");
    twoEvents(account, "1");

    assertThat(source(1).waiting()).contains(account);
    assertThat(source(0).waiting()).doesNotContain(account);
    assertThat(source(0).next(account)).isEmpty();
    WebhookMessage first = source(1).next(account).orElseThrow();
    assertThat(first.type()).isEqualTo("account.frozen");
    assertThat(source(1).next(account)).contains(first);
    source(1).delivered(first);
    assertThat(source(1).next(account).map(WebhookMessage::type)).contains("account.open");
    assertThat(source(1).endpoint(account)).isPresent();

    register(account, Optional.empty(), "nowhere");
    assertThat(source(1).waiting()).doesNotContain(account);
    assertThat(source(1).endpoint(account)).isEmpty();
  }

  @Test
  void drop_ofWhatNobodyWants_leavesTheLatestAndTheWanted() {
    AccountId wanted = wallet(2, "carl");
    AccountId unwanted = wallet(2, "dora");
    register(wanted, Optional.of("https://shop.example/hook"), "register");
    twoEvents(wanted, "1");
    twoEvents(unwanted, "1");
    twoEvents(unwanted, "2");
    EventQueue events = LEDGER.owner(2).events();
    String first = firstId(unwanted);

    assertThat(source(2).drop()).isZero();
    assertThat(events.drop(ADDRESS, Instant.EPOCH, 3)).isEqualTo(1);
    assertThat(firstId(unwanted)).isNotEqualTo(first);
    InstantSource later = () -> Instant.now().plus(Duration.ofDays(31));
    assertThat(source(2, later).drop()).isEqualTo(3);
    assertThat(events.next(unwanted)).isEmpty();
    assertThat(events.next(wanted).map(EventQueue.Waiting::type)).contains("account.frozen");
  }

  private static String firstId(AccountId account) {
    return LEDGER.owner(2).events().next(account).map(EventQueue.Waiting::id).orElseThrow();
  }
}
