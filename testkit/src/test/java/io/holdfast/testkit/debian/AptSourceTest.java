package io.holdfast.testkit.debian;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AptSourceTest {

  @Test
  void parseList_commentsAndSourcePackages_areLeftOut() {
    List<AptSource> sources =
        AptSource.parseList(
            """
            # deb http://mirror.example/debian old main
            deb-src http://mirror.example/debian bookworm main
            deb http://mirror.example/debian bookworm main contrib # ours
            deb http://mirror.example/flat ./
            """);

    assertThat(sources).hasSize(1);
    assertThat(sources.get(0).serves("bookworm")).isTrue();
    assertThat(sources.get(0).forSuite("trixie"))
        .isEqualTo(
            """
            types: deb
            suites: trixie
            uris: http://mirror.example/debian
            components: main contrib
            """);
  }

  @Test
  void parseList_options_keepTheKeyAndTheArchitecture() {
    List<AptSource> sources =
        AptSource.parseList(
            "deb [arch=amd64 signed-by=/keys/a.gpg] http://mirror.example/debian bookworm main\n");

    assertThat(sources.get(0).forSuite("trixie"))
        .contains("signed-by: /keys/a.gpg\n")
        .contains("architectures: amd64\n");
  }

  @Test
  void parseDeb822_severalStanzas_onlyTheSuiteIsReplaced() {
    List<AptSource> sources =
        AptSource.parseDeb822(
            """
            Types: deb deb-src
            # a comment
            URIs: http://mirror.example/debian
            Suites: bookworm bookworm-updates
            Components: main
            Signed-By: /usr/share/keyrings/archive.gpg

            Types: deb
            URIs: http://mirror.example/debian-security
            Suites: bookworm-security
            Components: main

            Types: deb
            Enabled: no
            URIs: http://mirror.example/other
            Suites: bookworm
            Components: main
            """);

    assertThat(sources).hasSize(2);
    assertThat(sources).filteredOn(source -> source.serves("bookworm")).hasSize(1);
    assertThat(sources.get(0).forSuite("trixie"))
        .isEqualTo(
            """
            types: deb
            suites: trixie
            uris: http://mirror.example/debian
            components: main
            signed-by: /usr/share/keyrings/archive.gpg
            """);
  }

  @Test
  void parseDeb822_keyInside_isKeptWhole() {
    List<AptSource> sources =
        AptSource.parseDeb822(
            """
            Types: deb
            URIs: http://mirror.example/debian
            Suites: bookworm
            Components: main
            Signed-By:
             -----BEGIN KEY-----
             .
             abc
             -----END KEY-----
            """);

    assertThat(sources.get(0).forSuite("trixie"))
        .endsWith("signed-by: \n -----BEGIN KEY-----\n .\n abc\n -----END KEY-----\n");
  }
}
