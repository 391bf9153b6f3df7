/**
 * The {@code holdfast} command. {@link io.holdfast.cli.Holdfast} is its root and says what exit
 * codes mean; each group of subcommands is a package, each subcommand a class.
 */
@NullMarked
package io.holdfast.cli;

import org.jspecify.annotations.NullMarked;
