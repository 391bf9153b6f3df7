package io.holdfast.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Revision;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FenceHeaderTest {

  @Test
  void value_parsed_isTheSame() {
    FenceHeader header =
        new FenceHeader(new LockName("order:42@eu"), new FencingToken(3, new Revision(42), 1));
    assertThat(header.value()).isEqualTo("order:42@eu;token=00000003-0000-0000-0000-002a00000001");
    assertThat(FenceHeader.parse(" " + header.value() + " ")).isEqualTo(header);
  }

  @Test
  void value_anyName_isAsciiAndParsedTheSame() {
    FencingToken token = new FencingToken(3, new Revision(42), 1);
    for (String name :
        new String[] {"order/4711", "订单;token=1", "a b", "\r\nX: y", "订".repeat(66)}) {
      FenceHeader header = new FenceHeader(new LockName(name), token);
      assertThat(header.value()).matches("[!-~]+");
      assertThat(FenceHeader.parse(header.value())).isEqualTo(header);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "orders",
        "00000003-0000-0000-0000-002a00000001",
        ";token=00000003-0000-0000-0000-002a00000001",
        "orders;token=3",
        "a/b;token=00000003-0000-0000-0000-002a00000001",
        "orders;token=00000003-0000-0000-0000-002a00000001,bills",
        "orders;token=f0000003-0000-0000-0000-002a00000001"
      })
  void parse_anythingElse_isRefused(String text) {
    assertThatThrownBy(() -> FenceHeader.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
