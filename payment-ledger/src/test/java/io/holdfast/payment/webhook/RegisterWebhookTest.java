package io.holdfast.payment.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountType;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.LedgerIdentity;
import io.holdfast.payment.ledger.MemoryLedger;
import io.holdfast.payment.ledger.RefusedException;
import io.holdfast.payment.ledger.Role;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RegisterWebhookTest {

  private static final Caller SHOP = Caller.of("shop", Role.MERCHANT);

  private final MemoryLedger ledger = new MemoryLedger();
  private final AccountId till = ledger.open("till", AccountType.MERCHANT, "shop", 0, "EUR");
  private final WebhookSecrets secrets =
      new WebhookSecrets(new LedgerIdentity("test".getBytes(StandardCharsets.UTF_8)));
  private final RegisterWebhook register =
      new RegisterWebhook(ledger.map(), secrets, WebhookTargets.PUBLIC);

  @Test
  void register_tellsASecretThatIsStoredNowhere() {
    String stored = register("https://example.com/hook");
    assertThat(stored).doesNotContain("whsec_");
    RegisterWebhook.Told told = Json.read(register.answered(stored), RegisterWebhook.Told.class);
    assertThat(told.secret()).isEqualTo(secrets.secret(till, 1)).startsWith("whsec_");
    assertThat(register.answered(stored)).isEqualTo(Json.write(told));
    assertThat(Json.write(webhook())).doesNotContain("whsec_");
  }

  @Test
  void register_again_changesTheSecret_andSignsWithBothForADay() {
    register("https://example.com/hook");
    register("https://example.com/other");
    WebhookEndpoint endpoint = webhook().endpoint(till, secrets, ledger.now()).orElseThrow();
    assertThat(endpoint.url()).hasToString("https://example.com/other");
    assertThat(endpoint.secrets())
        .containsExactly(secrets.secret(till, 2), secrets.secret(till, 1))
        .doesNotHaveDuplicates();
    assertThat(
            webhook()
                .endpoint(till, secrets, ledger.now().plus(Duration.ofDays(1)))
                .orElseThrow()
                .secrets())
        .containsExactly(secrets.secret(till, 2));
    assertThat(endpoint.toString()).doesNotContain("whsec_");
  }

  @Test
  void register_nowhere_endsIt() {
    register("https://example.com/hook");
    ledger.run(SHOP, register, new RegisterWebhook.Request(till, Optional.empty()));
    assertThat(webhook().endpoint(till, secrets, ledger.now())).isEmpty();
  }

  @Test
  void register_forAnothersAccountOrToThisMachine_isRefused() {
    RegisterWebhook.Request request =
        new RegisterWebhook.Request(till, Optional.of("https://example.com/"));
    assertThatThrownBy(() -> ledger.run(Caller.of("rival", Role.MERCHANT), register, request))
        .isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> register("http://127.0.0.1/hook"))
        .isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> register("http://example.com/hook"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private String register(String url) {
    return ledger
        .run(SHOP, register, new RegisterWebhook.Request(till, Optional.of(url)))
        .map(Json::write)
        .orElseThrow();
  }

  private Webhook webhook() {
    return ledger.document(Webhook.KIND, Webhook.idOf(till, ledger.map())).body();
  }
}
