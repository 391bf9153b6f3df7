package io.holdfast.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClusterUriTest {

  @Test
  void parse_fullAddress_givesItsParts() {
    ClusterUri uri = ClusterUri.parse("ZooKeeper://h1:2181,h2,[::1]:2183/payments/eu/");

    assertThat(uri.scheme()).isEqualTo("zookeeper");
    assertThat(uri.hostsWithPort(9)).containsExactly("h1:2181", "h2:9", "[::1]:2183");
    assertThat(uri.namespace()).isEqualTo(Key.of("payments", "eu"));
    assertThat(ClusterUri.parse(uri.toString())).isEqualTo(uri);
  }

  @Test
  void parse_noPath_isTheDefaultNamespace() {
    assertThat(ClusterUri.parse("etcd://h").namespace()).isEqualTo(Key.of("holdfast"));
    assertThat(ClusterUri.parse("etcd+tls://h/").scheme()).isEqualTo("etcd+tls");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "h1:2181",
        "etcd:/h",
        "etcd://",
        "etcd:///x",
        "etcd://h:99999",
        "etcd://h:x",
        "etcd://h,,g",
        "etcd://h/../x",
        "etcd://h/a b",
        "etcd://h?x=1"
      })
  void parse_anythingElse_isRefusedWithAnExample(String text) {
    assertThatThrownBy(() -> ClusterUri.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void parse_password_isRefusedWithoutRepeatingIt() {
    assertThatThrownBy(() -> ClusterUri.parse("etcd://root:s3cret@h/x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("s3cret");
  }
}
