export function degree(graph, node) {
  return graph.edges.filter((edge) => edge.from === node || edge.to === node).length;
}
