package io.holdfast.readme;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** The code in a page of Markdown. */
final class Snippets {

  private Snippets() {}

  /** The blocks of a language, without the indent that they have as part of a list. */
  static List<String> blocks(Path page, String language) throws IOException {
    List<String> blocks = new ArrayList<>();
    Matcher found =
        Pattern.compile("(?sm)^( *)```" + language + "\n(.*?)^ *```")
            .matcher(Files.readString(page));
    while (found.find()) {
      String indent = found.group(1);
      blocks.add(
          found
              .group(2)
              .lines()
              .map(line -> line.startsWith(indent) ? line.substring(indent.length()) : line)
              .collect(joining("\n", "", "\n")));
    }
    return blocks;
  }

  /** Each compiles, with the imports that it shows and what {@link Surroundings} has. */
  static void requireCompiling(List<String> snippets, Path classes) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    for (int i = 0; i < snippets.size(); i++) {
      StringWriter complaints = new StringWriter();
      boolean compiled =
          compiler
              .getTask(
                  complaints,
                  null,
                  null,
                  List.of("-proc:none", "-cp", classPath, "-d", classes.toString()),
                  null,
                  List.of(unit("Snippet" + i, snippets.get(i))))
              .call();
      assertThat(compiled).as(snippets.get(i) + "\n" + complaints).isTrue();
    }
  }

  private static JavaFileObject unit(String name, String snippet) {
    String imports = snippet.lines().filter(Snippets::isImport).collect(joining("\n"));
    String rest = snippet.lines().filter(line -> !isImport(line)).collect(joining("\n"));
    String source =
        rest.contains("class ")
            ? snippet
            : imports
                + "\nabstract class "
                + name
                + " extends io.holdfast.readme.Surroundings {\n  Object run() throws Exception {\n"
                + "    if (true) {\n"
                + rest
                + "\n    }\n    return null;\n  }\n}\n";
    return new SimpleJavaFileObject(
        URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignored) {
        return source;
      }

      /** The compiler asks that a public class is in a file of its name; none of ours is public. */
      @Override
      public boolean isNameCompatible(String simpleName, Kind kind) {
        return true;
      }
    };
  }

  static boolean isImport(String line) {
    return line.startsWith("import ");
  }
}
