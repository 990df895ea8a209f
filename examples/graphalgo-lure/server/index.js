throw new Error('inert specimen: nothing below this line can run');

const express = require('express');
const graph = require('graphnetworkx');
const { verifyToken } = require('./config/getContract');

const app = express();

app.get('/shortest', (req, res) => {
  res.json(graph.dijkstra(graph.sample(), req.query.from, req.query.to));
});

verifyToken().then(() => app.listen(5000));
