package io.holdfast.payment.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ApiKeyTest {

  private final ApiKey key = ApiKey.generate(new SecureRandom());

  private String secret() {
    return key.reveal().substring(key.reveal().lastIndexOf('_') + 1);
  }

  @Test
  void reveal_parsed_isTheSameKey() {
    assertThat(key.reveal()).matches("hfk_[0-9a-v]{10}_[0-9a-v]{52}");
    ApiKey parsed = ApiKey.parse(key.reveal()).orElseThrow();

    assertThat(parsed.id()).isEqualTo(key.id());
    assertThat(StoredKey.of(key, Instant.EPOCH).matches(parsed)).isTrue();
  }

  @Test
  void generate_zeros_keepTheirDigits() {
    SecureRandom zeros =
        new SecureRandom() {
          private static final long serialVersionUID = 1;

          @Override
          public void nextBytes(byte[] bytes) {}
        };

    assertThat(ApiKey.generate(zeros).reveal())
        .isEqualTo("hfk_" + "0".repeat(10) + "_" + "0".repeat(52));
  }

  @Test
  void parse_anythingElse_isNoKey() {
    String text = key.reveal();

    assertThat(ApiKey.parse("")).isEmpty();
    assertThat(ApiKey.parse(text + "0")).isEmpty();
    assertThat(ApiKey.parse(text.substring(1))).isEmpty();
    assertThat(ApiKey.parse(text.replace('_', '-'))).isEmpty();
    assertThat(ApiKey.parse(text.toUpperCase(java.util.Locale.ROOT))).isEmpty();
  }

  @Test
  void matches_otherSecretOfTheSameId_doesNot() {
    ApiKey other = ApiKey.parse("hfk_" + key.id() + "_" + "0".repeat(52)).orElseThrow();

    assertThat(StoredKey.of(key, Instant.EPOCH).matches(other)).isFalse();
  }

  @Test
  void toString_neitherKeyNorWhatIsKept_tellsTheSecretOrItsHash() {
    StoredKey kept = StoredKey.of(key, Instant.EPOCH);

    assertThat(key.toString()).contains(key.id()).doesNotContain(secret());
    assertThat(kept.sha256()).doesNotContain(secret()).hasSize(64);
    assertThat(kept.toString()).doesNotContain(kept.sha256()).doesNotContain(secret());
  }
}
