package io.holdfast.payment.webhook;

import static io.holdfast.payment.webhook.WebhookSignature.TOLERANCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSignatureTest {

  private static final Instant NOW = Instant.ofEpochSecond(1_767_225_600);
  private static final byte[] BODY = "{\"id\":\"1\"}".getBytes(StandardCharsets.UTF_8);

  private final String header = WebhookSignature.sign(List.of("secret"), NOW, BODY);

  @Test
  void sign_isHmacSha256OverTimeAndBody() {
    // printf '1767225600.{"id":"1"}' | openssl dgst -sha256 -hmac secret
    assertThat(header)
        .isEqualTo(
            "t=1767225600,v1=8c84d1a52c62968d790bd2612fdea657174cf5ec06ce9a8da3217ac588edffe1");
  }

  @Test
  void verify_whatWasSigned_isTrueWithinTolerance() {
    assertThat(verify(header, BODY, "secret", NOW)).isTrue();
    assertThat(verify(header, BODY, "secret", NOW.plus(TOLERANCE))).isTrue();
    assertThat(verify(header, BODY, "secret", NOW.minus(TOLERANCE))).isTrue();
    assertThat(verify(header, BODY, "secret", NOW.plus(TOLERANCE).plusSeconds(1))).isFalse();
    assertThat(verify(header, BODY, "secret", NOW.minus(TOLERANCE).minusSeconds(1))).isFalse();
  }

  @Test
  void verify_anotherBodyOrSecretOrTime_isFalse() {
    byte[] other = "{\"id\":\"2\"}".getBytes(StandardCharsets.UTF_8);
    assertThat(verify(header, other, "secret", NOW)).isFalse();
    assertThat(verify(header, BODY, "Secret", NOW)).isFalse();
    assertThat(verify(header.replace("t=1767225600", "t=1767225601"), BODY, "secret", NOW))
        .isFalse();
  }

  @Test
  void verify_duringAChangeOfSecrets_acceptsEither() {
    String both = WebhookSignature.sign(List.of("new", "old"), NOW, BODY);
    assertThat(verify(both, BODY, "new", NOW)).isTrue();
    assertThat(verify(both, BODY, "old", NOW)).isTrue();
    assertThat(verify(both, BODY, "older", NOW)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "t=",
        "t=1767225600",
        "v1=00",
        "t=1767225600,v1=",
        "t=1767225600,v1=zz",
        "t=1767225600,t=1767225600,v1=00",
        "t=-1,v1=00",
        "t=99999999999999999999,v1=00",
        "t=1767225600;v1=00"
      })
  void verify_anythingElse_isFalse(String other) {
    assertThat(verify(other, BODY, "secret", NOW)).isFalse();
    assertThat(verify(header + "," + "x".repeat(1_000), BODY, "secret", NOW)).isFalse();
  }

  @Test
  void verify_timeTwice_isFalse() {
    assertThat(verify("t=1," + header, BODY, "secret", NOW)).isFalse();
  }

  private static boolean verify(String header, byte[] body, String secret, Instant now) {
    return WebhookSignature.verify(header, body, secret, now, TOLERANCE);
  }

  @Test
  void verify_withNoTolerance_stillTakesTheSecondItself() {
    assertThat(WebhookSignature.verify(header, BODY, "secret", NOW, Duration.ZERO)).isTrue();
  }
}
