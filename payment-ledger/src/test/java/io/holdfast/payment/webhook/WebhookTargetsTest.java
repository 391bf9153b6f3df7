package io.holdfast.payment.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookTargetsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.com/hook",
        "http://10.0.0.1/hook",
        "http://127.0.0.1.example.com/hook",
        "http://user@127.0.0.1/hook",
        "https://user:secret@example.com/hook",
        "https://example.com/hook#part",
        "https:///hook",
        "ftp://example.com/hook",
        "file:///etc/passwd",
        "https://exa mple.com",
        "hook",
        ""
      })
  void parse_whatIsNoTarget_isRefused(String url) {
    assertThatThrownBy(() -> WebhookTargets.PUBLIC_AND_LOOPBACK.parse(url))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void parse_loopback_onlyWhereItIsAllowed() {
    for (String url : new String[] {"http://127.0.0.1:80/", "http://[::1]/", "http://localhost/"}) {
      assertThatCode(() -> WebhookTargets.PUBLIC_AND_LOOPBACK.parse(url))
          .doesNotThrowAnyException();
      assertThatThrownBy(() -> WebhookTargets.PUBLIC.parse(url))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> WebhookTargets.PUBLIC.requireReachable(URI.create(url)))
          .isInstanceOf(UnknownHostException.class);
    }
    assertThatCode(() -> WebhookTargets.PUBLIC.parse("https://example.com:8443/hook?shop=1"))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.8.0.1",
        "10.0.0.1",
        "172.16.5.5",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "0.1.2.3",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "fc00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::10.0.0.1",
        "64:ff9b::a00:1"
      })
  void requireReachable_whatIsNotPublic_isRefused(String address) throws UnknownHostException {
    assertThat(WebhookTargets.isPublic(InetAddress.getByName(address))).isFalse();
    String host = address.contains(":") ? "[" + address + "]" : address;
    assertThatThrownBy(
            () ->
                WebhookTargets.PUBLIC_AND_LOOPBACK.requireReachable(
                    URI.create("https://" + host + "/hook")))
        .isInstanceOf(UnknownHostException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1.1.1", "100.63.0.1", "172.32.0.1", "2606:4700::1111"})
  void isPublic_others_are(String address) throws UnknownHostException {
    assertThat(WebhookTargets.isPublic(InetAddress.getByName(address))).isTrue();
  }
}
