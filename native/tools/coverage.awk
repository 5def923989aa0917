# Reads what `gcov -n` prints for each source and adds it up by module (the folder below src/). Exits 1 when less than
# `minimum` percent of all lines ran. Headers that gcov lists along are left out: they would count several times.
/^File '/ { split($0, quoted, "'"); file = quoted[2]; next }
/^Lines executed:/ {
  if (file ~ /^src\/.*\.c$/) {
    split($0, part, /[:% ]+/)
    lines = part[5]
    ran = part[3] * lines / 100
    module = file
    sub(/^src\//, "", module)
    sub(/\/.*/, "", module)
    modules[module] += lines
    covered[module] += ran
    if (part[3] < minimum) low[++lows] = sprintf("  %s: %s %% of %d lines", file, part[3], lines)
  }
  file = ""
}
END {
  for (module in modules) {
    printf "coverage: %-10s %5.1f %% of %d lines\n", module, 100 * covered[module] / modules[module], modules[module] | "sort"
    all += modules[module]
    sum += covered[module]
  }
  close("sort")
  for (i = 1; i <= lows; i++) print low[i]
  if (all == 0) { print "coverage: nothing measured"; exit 1 }
  printf "coverage: all %.1f %% of %d lines, at least %d %% wanted\n", 100 * sum / all, all, minimum
  exit 100 * sum / all < minimum
}
