package io.holdfast.payment.files;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IbanTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DE89370400440532013000",
        "GB82WEST12345698765432",
        "FR1420041010050500013M02606",
        "CH9300762011623852957",
        "NL91ABNA0417164300",
        "NO9386011117947",
        "MT84MALT011000012345MTLCAST001S",
        "KW81CBKU0000000000001234560101"
      })
  void published_isValid(String iban) {
    assertThat(Iban.fault(iban)).isEmpty();
  }

  @Test
  void anyDigitChanged_isFound() {
    String good = "DE89370400440532013000";
    for (int at = 2; at < good.length(); at++) {
      char other = good.charAt(at) == '9' ? '0' : (char) (good.charAt(at) + 1);
      assertThat(Iban.fault(good.substring(0, at) + other + good.substring(at + 1)))
          .as("digit %s", at)
          .hasValue("has wrong check digits");
    }
  }

  @Test
  void neighboursSwapped_isFound() {
    assertThat(Iban.isValid("DE89730400440532013000")).isFalse();
  }

  @Test
  void wrongLengthOrForm_isFound() {
    assertThat(Iban.fault("NL91ABNA04171643")).get().asString().contains("16 characters");
    assertThat(Iban.fault("DE89 3704 0044 0532 0130 00")).get().asString().contains("no IBAN");
    assertThat(Iban.isValid("")).isFalse();
  }
}
