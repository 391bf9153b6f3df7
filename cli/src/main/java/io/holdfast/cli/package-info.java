/**
 * The {@code holdfast} command. {@link io.holdfast.cli.Holdfast} is its root; each subcommand is a
 * class; {@code Listing} prints what they found, as a table or as JSON.
 */
@NullMarked
package io.holdfast.cli;

import org.jspecify.annotations.NullMarked;
